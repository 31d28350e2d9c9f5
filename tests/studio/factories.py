import io
from typing import Any

from PIL import Image

from pitchbar.codes.models import Code
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.studio.designs import set_design
from pitchbar.studio.forms import form_values
from pitchbar.studio.logos import store_image
from pitchbar.studio.models import DesignImage, DesignTemplate
from pitchbar.studio.templates import create_template
from pitchbar.symbols.design import PLAIN, Design
from pitchbar.workspaces.models import Workspace
from tests.support.factories import make_code

# Grey on lighter grey: no decoder finds it.
UNREADABLE = Design(foreground="#e9e9e9")
PRETTY = Design(
    foreground="#0b5c56", module_shape="rounded", frame="label", frame_text="Scan for the menu"
)


def make_designed(workspace: Workspace, design: Design, **fields: Any) -> Code:
    code = make_code(workspace, **fields)
    set_design(code, design, SYSTEM)
    db.session.commit()
    return code


def make_template(
    workspace: Workspace, name: str = "Table card", design: Design = PRETTY, **fields: Any
) -> DesignTemplate:
    template = create_template(workspace, SYSTEM, name=name, design=design, **fields)
    db.session.commit()
    return template


def png(width: int = 40, height: int = 40, colour: str = "#9a3b1a") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "png")
    return out.getvalue()


def make_image(workspace: Workspace, name: str = "anchor.png") -> DesignImage:
    image = store_image(workspace, SYSTEM, current_settings(), png(), name)
    db.session.commit()
    return image


def typed(design: Design = PLAIN, **over: Any) -> dict[str, Any]:
    """What a browser sends: boxes that are not ticked are left out."""
    values = form_values(design) | over
    return {
        name: "y" if value is True else value
        for name, value in values.items()
        if value is not False
    }
