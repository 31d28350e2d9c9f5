"""What a print sheet is made of, as a person or a program asks for it."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from pitchbar.sheets.formats import LABELS, PAPERS, LabelFormat
from pitchbar.symbols.design import Colour

SheetKind = Literal["labels", "tents", "posters"]
LabelName = Literal["L7160", "L7651", "L4731", "own"]
Paper = Literal["A2", "A3", "A4", "A5", "A6", "Letter", "own"]
CaptionField = Literal["name", "short_link", "campaign", "notes", "number"]

MOST_LABELS = 5_000
_MOST_MM = 1200
_PAPERS_OF: dict[str, set[str]] = {
    "labels": {"A4", "Letter", "A3", "own"},
    "tents": {"A4", "A5", "A6"},
    "posters": {"A2", "A3", "A4"},
}


class SheetOptions(BaseModel):
    """Lengths in millimetres. What belongs to another kind of sheet is not looked at: own sizes
    only where `label` is "own", `paper_width` and `paper_height` only where `paper` is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: SheetKind = "labels"
    label: LabelName = Field("L7160", description="A label that is sold, or own sizes.")
    paper: Paper = Field("A4", description="Labels that are sold have their own.")
    paper_width: float = Field(210, ge=30, le=_MOST_MM)
    paper_height: float = Field(297, ge=30, le=_MOST_MM)
    columns: int = Field(3, ge=1, le=50)
    rows: int = Field(7, ge=1, le=100)
    label_width: float = Field(63.5, ge=8, le=_MOST_MM)
    label_height: float = Field(38.1, ge=8, le=_MOST_MM)
    margin_left: float = Field(7.2, ge=0, le=_MOST_MM)
    margin_top: float = Field(15.1, ge=0, le=_MOST_MM)
    gap_x: float = Field(2.5, ge=0, le=200)
    gap_y: float = Field(0, ge=0, le=200)
    bleed: float = Field(0, ge=0, le=10, description="How far colour goes beyond the edge.")
    crop_marks: bool = False
    safe_area: float | None = Field(
        None,
        ge=0,
        le=30,
        description="Kept clear within the edge; null: 3, less on small labels, more on posters.",
    )
    captions: tuple[CaptionField, ...] = Field(("name", "short_link"), max_length=5)
    headline: str = Field("", max_length=255, description="On tents and posters.")
    caption_colour: Colour = "#000000"
    copies: int = Field(1, ge=1, le=MOST_LABELS, description="Of each code.")
    start_position: int = Field(1, ge=1, le=MOST_LABELS, description="On a half used sheet.")
    number_start: int = Field(1, ge=0, le=10**9)
    number_prefix: str = Field("", max_length=40)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """Raises what pydantic shows at the field that is to be changed."""
        if self.kind != "labels" or self.label == "own":
            allowed = _PAPERS_OF[self.kind]
            if self.paper not in allowed:
                raise _wrong("paper", f"Choose one of {', '.join(sorted(allowed))}.")
        if self.kind == "labels":
            self._check_labels()
        return self

    def _check_labels(self) -> None:
        one = self.labels
        right = one.left + (one.columns - 1) * one.pitch_x + one.width
        bottom = one.top + (one.rows - 1) * one.pitch_y + one.height
        if right > one.page[0] + 0.01:
            raise _wrong(
                "columns",
                f"The labels need {right:.1f} mm across, and the paper has {one.page[0]:g}.",
            )
        if bottom > one.page[1] + 0.01:
            raise _wrong(
                "rows", f"The labels need {bottom:.1f} mm down, and the paper has {one.page[1]:g}."
            )
        if self.start_position > one.columns * one.rows:
            raise _wrong("start_position", f"A sheet has {one.columns * one.rows} labels.")
        if 2 * self.safe_of(one.width, one.height) > min(one.width, one.height) - 5:
            raise _wrong("safe_area", "Less than 5 mm of the label would be left.")

    @property
    def labels(self) -> LabelFormat:
        if self.label != "own":
            return LABELS[self.label]
        return LabelFormat(
            name="Own size",
            page=self.paper_size,
            columns=self.columns,
            rows=self.rows,
            width=self.label_width,
            height=self.label_height,
            left=self.margin_left,
            top=self.margin_top,
            pitch_x=self.label_width + self.gap_x,
            pitch_y=self.label_height + self.gap_y,
        )

    @property
    def paper_size(self) -> tuple[float, float]:
        if self.paper == "own":
            return self.paper_width, self.paper_height
        return PAPERS[self.paper]

    def safe_of(self, width: float, height: float) -> float:
        """Printers cut a millimetre off now and then; small labels have no three to spare."""
        if self.safe_area is not None:
            return self.safe_area
        if self.kind != "labels":
            # No words at the very edge of what hangs on a wall.
            return 0.06 * min(width, height)
        return min(3.0, 0.08 * min(width, height))


def _wrong(field: str, sentence: str) -> PydanticCustomError:
    return PydanticCustomError("sheet", "{sentence}", {"sentence": sentence, "field": field})


def field_errors(error: Exception) -> dict[str, str]:
    """Of a ValidationError: a sentence for each field, all at once."""
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        raise TypeError(error)
    said: dict[str, str] = {}
    for one in error.errors():
        context = one.get("ctx") or {}
        field = str(context.get("field") or (one["loc"][0] if one["loc"] else ""))
        said.setdefault(field, _sentence(field, one["type"], one["msg"]))
    return said


def _sentence(name: str, kind: str, message: str) -> str:
    """In words for people; what pydantic says is meant for programmers."""
    field = SheetOptions.model_fields.get(name)
    if field is None or kind == "sheet":
        return message
    bounds = {
        sign: getattr(one, sign)
        for one in field.metadata
        for sign in ("ge", "le", "max_length")
        if hasattr(one, sign)
    }
    if "ge" in bounds and "le" in bounds:
        number = "a whole number" if field.annotation is int else "a number"
        return f"Use {number} from {bounds['ge']:,} to {bounds['le']:,}."
    if kind == "string_too_long":
        return f"Use at most {bounds['max_length']} characters."
    return "Choose one of those that are offered." if kind == "literal_error" else message
