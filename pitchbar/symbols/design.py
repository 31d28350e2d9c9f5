"""How a QR symbol looks. What it holds, and whose it is, is not known here."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

ModuleShape = Literal["square", "rounded", "dot", "connected", "diamond", "bars"]
EyeFrameShape = Literal["square", "rounded", "circle", "leaf"]
EyeBallShape = Literal["square", "rounded", "circle", "leaf", "diamond"]
GradientKind = Literal["none", "linear", "radial"]
FrameKind = Literal["none", "label", "label_above", "box", "bubble"]
ErrorCorrection = Literal["L", "M", "Q", "H"]

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]

MOST_FRAME_TEXT = 255


class Design(BaseModel):
    """Everything that changes the picture of a symbol, but for the text it holds.

    Lengths are in modules, shares are of the symbol's side without its quiet zone, angles in
    degrees clockwise from left to right. None for a colour is "as the modules", for the
    background "transparent". The same design gives the same bytes in every format.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    foreground: Colour = Field("#000000", description="Colour of the modules.")
    gradient: GradientKind = Field("none", description="How the modules fade into `gradient_end`.")
    gradient_end: Colour = "#000000"
    gradient_angle: int = Field(45, ge=0, le=359)
    background: Colour | None = Field("#ffffff", description="null: transparent.")
    module_shape: ModuleShape = "square"
    eye_frame_shape: EyeFrameShape = "square"
    eye_ball_shape: EyeBallShape = "square"
    eye_frame_colour: Colour | None = Field(None, description="null: as the modules.")
    eye_ball_colour: Colour | None = Field(None, description="null: as the modules.")
    quiet_zone: int = Field(4, ge=0, le=12, description="Modules around the symbol; 4 by the norm.")
    error_correction: ErrorCorrection = Field("M", description="The least; a logo may raise it.")
    logo: str | None = Field(None, max_length=64, description="The id of an uploaded image.")
    logo_share: float = Field(0.22, ge=0.1, le=0.35, description="Its longer side.")
    logo_padding: float = Field(0.5, ge=0, le=3, description="Cleared around it, in modules.")
    logo_backdrop: Literal["none", "square", "circle"] = Field(
        "square", description="The cleared area's form; none leaves the modules under it."
    )
    frame: FrameKind = "none"
    frame_text: str = Field("", max_length=MOST_FRAME_TEXT, description="The call to action.")
    frame_colour: Colour | None = Field(None, description="null: as the modules.")
    frame_text_colour: Colour = "#ffffff"

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None, **over: Any) -> "Design":
        """Of a column, perhaps of a newer release: what is not known, or not valid, is left out."""
        values = {name: value for name, value in (stored or {}).items() if name in cls.model_fields}
        values |= over
        while True:
            try:
                return cls(**values)
            except ValidationError as error:
                wrong = {str(one["loc"][0]) for one in error.errors()} & set(values)
                if not wrong:
                    raise
                for name in wrong:
                    del values[name]

    def stored(self) -> dict[str, Any]:
        """What differs from a plain symbol; an empty dict for one."""
        return self.model_dump(mode="json", exclude_defaults=True)


PLAIN = Design()
