"""The demo's codes as the restaurant has them printed, and its templates."""

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.codes.models import Code
from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.studio.designs import set_design
from pitchbar.studio.templates import create_template, set_brand_colours
from pitchbar.symbols.design import Design
from pitchbar.workspaces.models import Workspace

_SEA, _INK, _RUST, _SAND = "#0b5c56", "#14211f", "#9a3b1a", "#fbf3e4"
_TABLE = Design(
    foreground=_SEA,
    module_shape="rounded",
    eye_frame_shape="rounded",
    eye_ball_shape="rounded",
    frame="label",
    frame_text="Scan for the menu",
)
_POSTER = Design(
    foreground=_INK,
    gradient="linear",
    gradient_end=_RUST,
    background=_SAND,
    module_shape="connected",
    eye_frame_shape="leaf",
    eye_ball_shape="circle",
    frame="box",
    frame_text="Book a table",
    error_correction="Q",
)
_STICKER = Design(
    foreground=_INK, module_shape="dot", eye_frame_shape="rounded", eye_ball_shape="circle"
)
_TEMPLATES = (("Table card", _TABLE), ("Poster", _POSTER), ("Sticker", _STICKER))
_CODES = {"menu": _TABLE, "window": _POSTER, "bag": _STICKER}


def make_demo(workspace: Workspace, owner: Person) -> None:
    by = Actor("person", owner.id, owner.name)
    set_brand_colours(workspace, (_SEA, _INK, _RUST, _SAND), by)
    for name, design in _TEMPLATES:
        create_template(workspace, by, name=name, design=design)
    for short_code, design in _CODES.items():
        found = select(Code).where(Code.workspace_id == workspace.id, Code.short_code == short_code)
        if code := db.session.scalar(found):
            set_design(code, design, by)
