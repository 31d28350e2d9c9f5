"""The scan check: what is plain passes, what is not is told by its name, and the advice helps."""

import io
import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, get_args

import pytest
import segno
from PIL import Image

from bench.studio_world import print_and_scan
from pitchbar.scan_check.advice import check_design
from pitchbar.scan_check.camera import DISTANCE_MM, PHONE
from pitchbar.scan_check.checking import check_image, check_symbol
from pitchbar.scan_check.decoders import read_zxing
from pitchbar.scan_check.reports import DamageKind, ScanReport
from pitchbar.symbols.design import PLAIN, Design, EyeBallShape, EyeFrameShape, ModuleShape
from pitchbar.symbols.logos import Logo
from pitchbar.symbols.rendering import draw_symbol

TEXT = "https://go.acme.example/t/aB3dE7k"


def check(**design: Any) -> ScanReport:
    return check_design(TEXT, Design(**design), None)


def after(report: ScanReport, design: dict[str, Any], logo: Logo | None = None) -> ScanReport:
    return check_design(TEXT, Design(**{**design, **report.advice_change}), logo)


def survived(report: ScanReport, kind: DamageKind) -> int:
    return next(one.survived for one in report.survivals if one.kind == kind)


def test_a_plain_symbol_passes_with_little_to_be_said() -> None:
    report = check()
    assert report.verdict == "passes"
    assert report.score >= 75
    assert report.decoders == {"zxing-cpp": True, "OpenCV": True}
    assert (report.advice, report.advice_change) == ("", {})
    assert report.smallest_mm is not None
    assert 12 < report.smallest_mm < 30


def test_every_kind_of_damage_is_tried_and_shown() -> None:
    report = check()
    assert [one.kind for one in report.survivals] == list(get_args(DamageKind))
    for one in report.survivals:
        assert 0 < one.survived <= one.levels == 6
        assert one.words
        assert len(one.picture) <= 3000
        assert Image.open(io.BytesIO(one.picture)).format == "WEBP"
    # None of them is so mild that everything survives all of it.
    assert sum(one.survived < one.levels for one in report.survivals) >= 6


def test_grey_on_grey_is_weak_and_darker_modules_are_advised() -> None:
    grey = {"foreground": "#999999", "background": "#dddddd"}
    report = check(**grey)
    assert report.verdict == "weak"
    assert "contrast of the modules" in report.advice
    assert "#999999" in report.advice
    better = after(report, grey)
    assert better.verdict == "passes"
    assert better.score > report.score + 10
    assert survived(better, "contrast") > survived(report, "contrast")


def test_pale_eyes_are_named() -> None:
    pale = {"eye_frame_colour": "#9ab8a1", "eye_ball_colour": "#9ab8a1"}
    report = check(**pale)
    assert report.verdict == "weak"
    assert report.advice == "Raise the contrast of the eyes: make them darker than #9ab8a1."
    assert after(report, pale).verdict == "passes"


def test_without_a_quiet_zone_it_is_read_on_paper_alone() -> None:
    report = check(quiet_zone=0)
    assert report.verdict == "weak"
    assert report.decoders["zxing-cpp"]
    assert report.advice_change == {"quiet_zone": 4}
    assert after(report, {"quiet_zone": 0}).verdict == "passes"
    assert check(quiet_zone=0, background=None).verdict == "passes"


def test_light_on_dark_fails_and_swapping_is_advised() -> None:
    inverted = {"foreground": "#ffffff", "background": "#000000"}
    report = check(**inverted)
    assert report.verdict == "fails"
    assert report.score == 0
    assert "Swap the colours" in report.advice
    assert after(report, inverted).verdict == "passes"


def test_a_logo_that_covers_too_much_is_named() -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "#444444").save(out, "png")
    logo = Logo("png", out.getvalue(), 64, 64)
    large: dict[str, Any] = {"logo": "any", "logo_share": 0.35, "logo_padding": 3}
    report = check_design(TEXT, Design(**large), logo)
    assert report.verdict != "passes"
    assert "logo smaller" in report.advice
    better = after(report, large, logo)
    assert better.score > report.score


@pytest.mark.parametrize("frame", get_args(EyeFrameShape))
def test_opencv_reads_all_shapes_but_those_with_round_eyes(frame: EyeFrameShape) -> None:
    for shape, ball in itertools.product(get_args(ModuleShape), ("square", "diamond")):
        assert ball in get_args(EyeBallShape)
        design = Design(module_shape=shape, eye_frame_shape=frame, eye_ball_shape=ball)
        report = check_symbol(TEXT, draw_symbol(TEXT, design, None))
        assert report.decoders == {"zxing-cpp": True, "OpenCV": frame != "circle"}, design
        assert report.verdict == "weak" if frame == "circle" else report.verdict != "fails"


def test_another_text_fails() -> None:
    report = check_symbol("https://evil.example/", draw_symbol(TEXT, PLAIN, None))
    assert report.verdict == "fails"
    assert report.decoders == {"zxing-cpp": False, "OpenCV": False}
    assert report.smallest_mm is None


def test_what_is_no_symbol_fails() -> None:
    report = check_image(Image.new("RGB", (296, 296), "#ffffff"), TEXT, 8, (4, 4), 29)
    assert report.verdict == "fails"
    assert all(one.survived == 0 and one.picture for one in report.survivals)


def test_a_symbol_of_anybody_can_be_checked() -> None:
    out = io.BytesIO()
    segno.make(TEXT, error="M", boost_error=False).save(out, kind="png", scale=8, border=4)
    picture = Image.open(out).convert("RGB")
    report = check_image(picture, TEXT, 8, (4, 4), picture.width // 8 - 8)
    assert report.verdict == "passes"


def test_the_same_design_gives_the_same_report_on_any_thread() -> None:
    design = Design(module_shape="dot", foreground="#8a6d3b", eye_ball_shape="circle")
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: check_design(TEXT, design, None), range(4)))
    assert len({replace(one, milliseconds=0).__repr__() for one in reports}) == 1


DESIGNS = [
    Design(module_shape=shape, foreground=colour, background=ground, eye_ball_shape=ball)
    for shape, colour, ground, ball in (
        ("square", "#000000", "#ffffff", "square"),
        ("dot", "#000000", "#ffffff", "circle"),
        ("rounded", "#1d3557", "#ffffff", "rounded"),
        ("diamond", "#7a1f3d", "#f4e9d8", "leaf"),
        ("bars", "#444444", None, "square"),
        ("connected", "#6d4c41", "#ffffff", "diamond"),
    )
]


@pytest.mark.parametrize("design", DESIGNS)
def test_another_printer_and_phone_agree_with_the_size_named(design: Design) -> None:
    """By a simulation that shares no code with the check's."""
    drawing = draw_symbol(TEXT, design, None)
    report = check_symbol(TEXT, drawing)
    assert report.smallest_mm is not None
    module = report.smallest_mm / (drawing.modules + 2 * design.quiet_zone)
    scale = PHONE.pixels_per_mm(DISTANCE_MM)

    def read(mm: float) -> int:
        seen = (print_and_scan(drawing, mm, scale, seed) for seed in range(6))
        return sum(read_zxing(one) == TEXT for one in seen)

    assert read(module) >= 5
    assert read(module / 2) <= 2
