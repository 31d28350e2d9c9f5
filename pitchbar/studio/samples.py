"""Small pictures of templates."""

from functools import lru_cache

from markupsafe import Markup

from pitchbar.studio.errors import StorageAway
from pitchbar.studio.models import DesignTemplate
from pitchbar.studio.painting import draw_design
from pitchbar.symbols.design import PLAIN, Design
from pitchbar.symbols.rendering import to_svg

# Short, so that the picture has few modules and its shapes are seen.
_TEXT = "https://pb.example/menu"


def sample_of(template: DesignTemplate) -> bytes:
    """Without its logo where that is out of reach."""
    design = Design.read(template.design)
    try:
        return _sample(template.workspace_id, design)
    except StorageAway:
        return _sample(template.workspace_id, design.model_copy(update={"logo": None}))


def plain_sample(workspace_id: int) -> Markup:
    """Of no template, to be put into a page as it is."""
    return Markup(_sample(workspace_id, PLAIN).decode())  # noqa: S704  # drawn by us


@lru_cache(maxsize=256)
def _sample(workspace_id: int, design: Design) -> bytes:
    return to_svg(draw_design(workspace_id, _TEXT, design))
