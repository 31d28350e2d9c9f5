"""What the studio's symbols take, and whether its verdict is right.

    bin/bench studio [--sample N] [--agreement N] [--seed N] [--times N] [--without-opencv]

Three parts. The decode rate over the grid of shapes, eyes, correction, logo sizes and damages, for
our output and, in the same run, for a plain black symbol of the same link as segno draws it, by
each decoder. How often the verdict agrees with symbols printed and scanned by another simulation,
at the size that it names and at half of it. The times of a preview, each format, a scan check.
"""

import argparse
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2

from bench.studio_world import (
    Case,
    cases,
    coloured,
    plain_sheet,
    print_and_scan,
    sheet_of,
)
from pitchbar.scan_check.advice import check_design
from pitchbar.scan_check.camera import DISTANCE_MM, PHONE
from pitchbar.scan_check.checking import check_symbol
from pitchbar.scan_check.damages import DAMAGES
from pitchbar.scan_check.decoders import DECODERS, read_zxing
from pitchbar.symbols.rendering import Drawing, draw_symbol, to_eps, to_pdf, to_png, to_svg

_SCANS = 10
_ENOUGH = 8  # of them: a phone looks at thirty pictures a second


def decode_rates(chosen: list[Case], decoders: list[str]) -> None:
    tried: Counter[tuple[str, str, str]] = Counter()
    read: Counter[tuple[str, str, str]] = Counter()
    verdicts: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for number, case in enumerate(chosen):
        drawing = draw_symbol(case.text, case.design, case.logo)
        report = check_symbol(case.text, drawing, case.design.quiet_zone)
        verdicts[report.verdict] += 1
        if report.verdict == "passes":
            passed.update(name for name, yes in report.decoders.items() if yes)
        sheets = {
            "ours": sheet_of(drawing),
            "plain": plain_sheet(case.text, drawing.error_correction),
        }
        for whose, sheet in sheets.items():
            for damage in DAMAGES:
                for level in damage.levels:
                    seen = damage.seen(sheet, level, number)
                    for decoder in decoders:
                        key = (whose, damage.kind, decoder)
                        tried[key] += 1
                        read[key] += DECODERS[decoder](seen) == case.text
    said = ", ".join(f"{verdicts[name]} {name}" for name in ("passes", "weak", "fails"))
    print(f"{len(chosen)} designs: {said}")
    for decoder in DECODERS:
        print(
            f"undamaged, of those that pass: {passed[decoder]} of {verdicts['passes']} "
            f"read by {decoder}"
        )
    for decoder in decoders:
        print(f"read under damage by {decoder}: ours, plain, ratio")
        for kind in [damage.kind for damage in DAMAGES]:
            _compare(kind, read, tried, decoder, [kind])
        _compare("all", read, tried, decoder, [damage.kind for damage in DAMAGES])


def _compare(
    name: str,
    read: Counter[tuple[str, str, str]],
    tried: Counter[tuple[str, str, str]],
    decoder: str,
    kinds: list[str],
) -> None:
    shown, rates = [], []
    for whose in ("ours", "plain"):
        got = sum(read[whose, kind, decoder] for kind in kinds)
        of = sum(tried[whose, kind, decoder] for kind in kinds)
        rates.append(got / of)
        shown.append(f"{got:6d} of {of:6d} {got / of:7.2%}")
    ratio = rates[0] / rates[1] if rates[1] else float("nan")
    print(f"  {name:12} {shown[0]}   {shown[1]}   {ratio:.3f}")


def agreement(chosen: list[Case], seed: int, worst: int) -> None:
    agreed: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    scans: Counter[str] = Counter()
    halves = 0
    sized = 0
    wrong: list[str] = []
    for number, case in enumerate(coloured(chosen, seed + 1)):
        drawing = draw_symbol(case.text, case.design, case.logo)
        report = check_symbol(case.text, drawing, case.design.quiet_zone)
        tried[report.verdict] += 1
        side = drawing.modules + 2 * case.design.quiet_zone
        named = report.smallest_mm or DISTANCE_MM / 10
        got = [_scanned(case, drawing, named / side, number * _SCANS + at) for at in range(_SCANS)]
        scans[report.verdict] += sum(got)
        holds = sum(got) >= _ENOUGH
        # What fails is not to be printed; it agrees where it is not read, or not undamaged.
        right = holds == (report.smallest_mm is not None) or report.verdict == "fails"
        agreed[report.verdict] += right
        if not right:
            said = f"{report.verdict} {report.score} {named} mm {sum(got)}"
            wrong.append(f"{said} {case.design.stored()}")
        if report.verdict == "passes":
            sized += 1
            half = [
                _scanned(case, drawing, named / side / 2, number * _SCANS + at)
                for at in range(_SCANS)
            ]
            halves += sum(half) < _ENOUGH
    for verdict in ("passes", "weak", "fails"):
        if tried[verdict]:
            print(
                f"{verdict}: agrees with {agreed[verdict]} of {tried[verdict]} "
                f"({agreed[verdict] / tried[verdict]:.1%}); "
                f"{scans[verdict]} of {tried[verdict] * _SCANS} scans at the size named were read"
            )
    if sized:
        print(f"at half the size named: {halves} of {sized} are not read any more")
    for line in wrong[:worst]:
        print(f"  differs: {line}")


def _scanned(case: Case, drawing: Drawing, mm_per_module: float, seed: int) -> bool:
    seen = print_and_scan(drawing, mm_per_module, PHONE.pixels_per_mm(DISTANCE_MM), seed)
    return read_zxing(seen) == case.text


def times(chosen: list[Case]) -> None:
    drawings = [draw_symbol(case.text, case.design, case.logo) for case in chosen]
    check_design(chosen[0].text, chosen[0].design, chosen[0].logo)
    kinds: dict[str, Callable[[int], object]] = {
        "preview (draw and SVG)": lambda at: to_svg(
            draw_symbol(chosen[at].text, chosen[at].design, chosen[at].logo)
        ),
        "SVG": lambda at: to_svg(drawings[at]),
        "PNG, 1,200 pixels": lambda at: to_png(drawings[at], 1200),
        "PDF": lambda at: to_pdf(drawings[at], 40),
        "EPS": lambda at: to_eps(drawings[at], 40),
        "scan check": lambda at: check_symbol(chosen[at].text, drawings[at]),
        "scan check with advice": lambda at: check_design(
            chosen[at].text, chosen[at].design, chosen[at].logo
        ),
    }
    for name, act in kinds.items():
        took = []
        for at in range(len(chosen)):
            began = time.perf_counter()
            act(at)
            took.append((time.perf_counter() - began) * 1000)
        took.sort()
        p95 = took[min(len(took) - 1, round(0.95 * (len(took) - 1)))]
        print(f"{name}: p50 {statistics.median(took):.0f} ms, p95 {p95:.0f} ms of {len(took)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, help="designs of the grid; all 1,920 without it")
    parser.add_argument("--agreement", type=int, default=200, help="designs printed; 0 for none")
    parser.add_argument("--seed", type=int, default=11, help="which designs are printed")
    parser.add_argument("--times", type=int, default=60, help="designs timed; 0 for none")
    parser.add_argument("--worst", type=int, default=10, help="differences shown")
    parser.add_argument("--without-opencv", action="store_true", help="ten times as fast")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    decoders = [name for name in DECODERS if name != "OpenCV" or not options.without_opencv]
    if options.sample != 0:
        decode_rates(cases(options.sample), decoders)
    if options.agreement:
        agreement(cases(options.agreement, seed=options.seed), options.seed, options.worst)
    if options.times:
        times(cases(options.times, seed=12))


if __name__ == "__main__":
    main()
