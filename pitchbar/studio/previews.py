"""What a design that is being made looks like, and what is to be said of it."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from pitchbar.codes.models import Code
from pitchbar.scan_check.advice import check_design
from pitchbar.settings import current_settings
from pitchbar.studio.errors import StorageAway
from pitchbar.studio.logos import read_logo
from pitchbar.studio.painting import draw_design
from pitchbar.studio.printing import design_digest, find_check
from pitchbar.studio.reports import stored_report
from pitchbar.symbols.contrast import find_contrast_faults
from pitchbar.symbols.design import Design
from pitchbar.symbols.drawing import Drawing
from pitchbar.symbols.rendering import to_svg


@dataclass(frozen=True)
class DesignPreview:
    """Sentences about the design: `faults` are to be mended, `notes` are only good to know.
    `svg` is put into the page as it is.
    """

    svg: Markup
    faults: tuple[str, ...]
    notes: tuple[str, ...]
    drawing: Drawing


def preview_design(workspace_id: int, address: str, design: Design) -> DesignPreview:
    """A logo out of reach is left out, and that is said; nothing else of the preview waits."""
    faults: list[str] = []
    try:
        drawing = draw_design(workspace_id, address, design)
    except StorageAway as error:
        faults.append(error.message)
        drawing = draw_design(workspace_id, address, design.model_copy(update={"logo": None}))
    faults += [fault.sentence for fault in find_contrast_faults(design)]
    faults += _faults_of(drawing, design)
    is_raised = design.logo and drawing.error_correction != design.error_correction
    raised = f"Error correction is raised to {drawing.error_correction} for the logo."
    return DesignPreview(
        Markup(to_svg(drawing).decode()),  # noqa: S704  # drawn by us; texts are outlines
        tuple(faults),
        (raised,) if is_raised and not drawing.logo_is_too_large else (),
        drawing,
    )


def check_sample(code: Code, address: str, design: Design) -> dict[str, Any]:
    """As `ScanCheck.report`: from what is stored, where it is the design of the code."""
    if known := find_check(code, design_digest(address, design)):
        return known.report
    logo = read_logo(code.workspace_id, design.logo, current_settings())
    return stored_report(check_design(address, design, logo))


def _faults_of(drawing: Drawing, design: Design) -> list[str]:
    faults = []
    if drawing.logo_is_too_large:
        largest = drawing.largest_logo_share
        faults.append(
            f"The logo covers more than can be restored. It can be {largest:.0%} of the width."
            if largest
            else "A logo does not fit onto this symbol. A shorter address makes room for one."
        )
    if drawing.missing_signs:
        signs = " ".join(drawing.missing_signs[:5])
        faults.append(f"The font has no sign for {signs}; a box stands in its place.")
    if design.quiet_zone < 2:
        faults.append("Scanners look for an empty margin of 4 modules around the symbol.")
    return faults
