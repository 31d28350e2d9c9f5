from typing import Any

from flask import Flask

from pitchbar.codes.models import Code
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.studio.designs import draw_many
from pitchbar.symbols.design import PLAIN
from tests.studio.factories import PRETTY, make_image, make_template
from tests.support.factories import People, make_code


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    code: Code = make_code(people.workspace)
    template, image = make_template(people.workspace), make_image(people.workspace)
    edit = draw_many(people.workspace, [code.id], PRETTY, SYSTEM)
    assert edit
    assert draw_many(people.workspace, [code.id], PLAIN, SYSTEM)
    db.session.commit()
    return {"template_id": template.id, "image_id": image.id, "design_edit_id": edit.id}
