"""Sizes of papers and of labels that are sold, in millimetres."""

from dataclasses import dataclass

PAPERS = {
    "A2": (420.0, 594.0),
    "A3": (297.0, 420.0),
    "A4": (210.0, 297.0),
    "A5": (148.0, 210.0),
    "A6": (105.0, 148.0),
    "Letter": (215.9, 279.4),
}


@dataclass(frozen=True)
class LabelFormat:
    """A sheet of equal labels. The pitch is from the edge of one to the same edge of the next."""

    name: str
    page: tuple[float, float]
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    pitch_x: float
    pitch_y: float


_A4 = PAPERS["A4"]
# As Avery Zweckform's templates have them.
LABELS = {
    "L7160": LabelFormat("Avery L7160", _A4, 3, 7, 63.5, 38.1, 7.21, 15.15, 66.04, 38.1),
    "L7651": LabelFormat("Avery L7651", _A4, 5, 13, 38.1, 21.2, 4.75, 10.7, 40.6, 21.2),
    "L4731": LabelFormat("Avery L4731", _A4, 7, 27, 25.4, 10.0, 8.5, 13.5, 27.9, 10.0),
}
