from base64 import b64encode
from io import BytesIO
from typing import Any

from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.studio.designs import draw_many
from tests.studio.factories import (
    PRETTY,
    UNREADABLE,
    make_designed,
    make_image,
    make_template,
    png,
    typed,
)
from tests.support.changes import Change
from tests.support.factories import People, make_code


def _code(people: People) -> dict[str, Any]:
    return {"code_id": make_code(people.workspace, name="Menu").id}


def _unreadable(people: People) -> dict[str, Any]:
    return {"code_id": make_designed(people.workspace, UNREADABLE).id}


def _template(people: People) -> dict[str, Any]:
    return {"template_id": make_template(people.workspace).id}


def _image(people: People) -> dict[str, Any]:
    return {"image_id": make_image(people.workspace).id}


def _template_and_code(people: People) -> dict[str, Any]:
    template_id = make_template(people.workspace).id
    code_id = make_code(people.workspace).id
    return {
        "template_id": template_id,
        "template": str(template_id),
        "codes": str(code_id),
    }


def _template_and_ids(people: People) -> dict[str, Any]:
    code_id = make_code(people.workspace).id
    return {"template_id": make_template(people.workspace).id, "code_ids": [code_id]}


def _edit(people: People) -> dict[str, Any]:
    edit = draw_many(people.workspace, [make_code(people.workspace).id], PRETTY, SYSTEM)
    db.session.commit()
    assert edit
    return {"design_edit_id": edit.id}


_DESIGN = "/w/<slug>/codes/<int:code_id>/design"
_TEMPLATES = "/w/<slug>/codes/templates"
_API = "/api/v1/workspaces/<slug>"
_FIELDS = {"foreground": "#0b5c56", "module_shape": "dot"}

CHANGES = {
    f"POST {_DESIGN}": Change(typed(PRETTY), parts=_code),
    f"POST {_DESIGN}/preview": Change(
        typed(PRETTY), parts=_code, unaudited="it draws and stores nothing"
    ),
    f"POST {_DESIGN}/check": Change(
        typed(PRETTY), parts=_code, unaudited="it looks and stores nothing"
    ),
    f"POST {_DESIGN}/override": Change(parts=_unreadable),
    "POST /w/<slug>/codes/logos": Change({"file": (BytesIO(png()), "anchor.png")}),
    "POST /w/<slug>/codes/logos/<image_id>/deletion": Change(parts=_image),
    f"POST {_TEMPLATES}": Change({**typed(PRETTY), "template_name": "Table card"}),
    f"POST {_TEMPLATES}/<int:template_id>/name": Change({"name": "Card"}, parts=_template),
    f"POST {_TEMPLATES}/<int:template_id>/choice": Change(parts=_template),
    f"POST {_TEMPLATES}/<int:template_id>/deletion": Change(parts=_template),
    f"POST {_TEMPLATES}/colours": Change({"colours": "#0b5c56 #9a3b1a"}),
    f"POST {_TEMPLATES}/application": Change(parts=_template_and_code),
    f"POST {_TEMPLATES}/applications/<int:design_edit_id>/reversal": Change(parts=_edit),
    f"PUT {_API}/codes/<int:code_id>/design": Change(_FIELDS, parts=_code),
    f"POST {_API}/codes/<int:code_id>/design/override": Change(parts=_unreadable),
    f"POST {_API}/design-images": Change({"name": "anchor.png", "data": b64encode(png()).decode()}),
    f"DELETE {_API}/design-images/<image_id>": Change(parts=_image),
    f"POST {_API}/design-templates": Change({"name": "Poster", "design": _FIELDS}),
    f"PATCH {_API}/design-templates/<int:template_id>": Change({"name": "Card"}, parts=_template),
    f"DELETE {_API}/design-templates/<int:template_id>": Change(parts=_template),
    f"POST {_API}/design-templates/<int:template_id>/applications": Change(parts=_template_and_ids),
}
