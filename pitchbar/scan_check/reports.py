"""What a scan check found."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["passes", "weak", "fails"]
DamageKind = Literal[
    "perspective", "rotation", "blur", "noise", "low_light", "contrast", "cover", "size", "curve"
]
# Raised whenever the simulation or the judging changes: stored reports of another are taken anew.
MODEL = 2


@dataclass(frozen=True)
class Survival:
    """How much of one kind of damage a symbol takes and is still read by zxing-cpp.

    Attributes:
        levels: how many were tried, each worse than the one before.
        survived: how many of them in a row were read, from the least on.
        words: the last one survived, for a person ("tilted by 45°"); "" where none was.
        picture: what the camera saw at that level (at the first, where none was), a small WebP.
    """

    kind: DamageKind
    levels: int
    survived: int
    words: str
    picture: bytes


@dataclass(frozen=True)
class ScanReport:
    """Attributes:
    verdict: "fails" is a symbol that one of the decoders cannot read even undamaged, that is
        read at no size in an evening's light, or that
        holds something else; it must not be printed. One that OpenCV cannot read for its round
        eyes alone is "weak", and `decoders` says so.
    score: 0 to 100.
    smallest_mm: the side of the printed symbol, its quiet zone included, below which a usual
        phone at `distance_mm` no longer reads it; None where no size is sure: it is never read, or
        by the ink of some printers alone, which is "weak".
    advice: the one change that would help most, as a sentence; "" where none would.
    advice_change: that change as fields of a `Design`, to be made by one click; {} where none.
    milliseconds: what the check took.
    """

    verdict: Verdict
    score: int
    decoders: dict[str, bool]
    survivals: tuple[Survival, ...]
    smallest_mm: float | None
    distance_mm: int
    phone: str
    advice: str
    advice_change: dict[str, object]
    model: int
    milliseconds: int
