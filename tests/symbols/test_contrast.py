import pytest

from pitchbar.symbols.contrast import contrast_ratio, find_contrast_faults, light_difference
from pitchbar.symbols.design import PLAIN, Design


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#000000", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#0b57d0", "#0b57d0", 1.0),
    ],
)
def test_ratio_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast_ratio(one, other) == pytest.approx(ratio, abs=0.01)


def test_difference_of_light() -> None:
    assert light_difference("#000000", "#ffffff") == pytest.approx(1)
    assert light_difference("#ffffff", "#000000") == pytest.approx(-1)


@pytest.mark.parametrize(
    ("design", "found"),
    [
        (PLAIN, []),
        (Design(background=None), []),
        (Design(foreground="#ffd54f"), [("foreground", "fails")]),
        (Design(gradient="linear", gradient_end="#eeeeee"), [("gradient_end", "fails")]),
        (Design(gradient_end="#eeeeee"), []),
        (Design(eye_frame_colour="#eeee00"), [("eye_frame_colour", "fails")]),
        (Design(eye_ball_colour="#808080"), [("eye_ball_colour", "weak")]),
        (Design(foreground="#ffffff", background="#000000"), [("foreground", "weak")]),
        (
            Design(background="#808080", eye_ball_colour="#ffffff"),
            [("background", "fails"), ("foreground", "weak"), ("eye_ball_colour", "weak")],
        ),
        (
            Design(frame="box", frame_text="Hi", frame_text_colour="#222222"),
            [("frame_text_colour", "weak")],
        ),
        (Design(frame="box", frame_text_colour="#222222"), []),
    ],
)
def test_colours_that_scanners_or_people_miss_are_told(
    design: Design, found: list[tuple[str, str]]
) -> None:
    faults = find_contrast_faults(design)
    assert [(fault.field, fault.severity) for fault in faults] == found
    assert all(fault.sentence.endswith(".") for fault in faults)
