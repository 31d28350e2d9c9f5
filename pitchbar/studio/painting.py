"""Draws codes as they are designed, for whoever shows them."""

from functools import lru_cache

from pitchbar.codes.models import Code
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.studio.designs import design_of
from pitchbar.studio.logos import read_logo
from pitchbar.studio.printing import require_printable
from pitchbar.studio.templates import find_default
from pitchbar.symbols.design import Design
from pitchbar.symbols.drawing import Drawing
from pitchbar.symbols.logos import Logo
from pitchbar.symbols.rendering import draw_symbol
from pitchbar.workspaces.models import Workspace

# A list shows a hundred; each has some ten to a hundred kilobytes.
_KEPT = 256


class DesignPainter:
    """For `codes/pictures.py`."""

    def draw(self, code: Code, text: str, level: str = "") -> Drawing:
        design = design_of(code)
        if level:
            design = Design.read(design.model_dump(), error_correction=level)
        return draw_design(code.workspace_id, text, design)

    def draw_new(self, workspace: Workspace, text: str, level: str) -> Drawing:
        """As the workspace's default template has it."""
        template = find_default(workspace.id)
        stored = template.design if template else None
        return draw_design(workspace.id, text, Design.read(stored, error_correction=level))

    def require_printable(self, code: Code) -> None:
        require_printable(code)
        # What was just found is worth keeping, whoever asked.
        db.session.commit()


PAINTER = DesignPainter()


def draw_design(workspace_id: int, text: str, design: Design) -> Drawing:
    """Raises StorageAway where its logo is out of reach."""
    return _draw(text, design, read_logo(workspace_id, design.logo, current_settings()))


@lru_cache(maxsize=_KEPT)
def _draw(text: str, design: Design, logo: Logo | None) -> Drawing:
    return draw_symbol(text, design, logo)
