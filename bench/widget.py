"""What the widget weighs, and what it costs the page that it is on, beside others.

    bin/bench widget [--times 7] [--peers Typebot,Flowise,n8n | --peers none] [--desk]

First the sizes of the built files. Then the same blank page without a widget, with ours, and with
those of others, whose packages are fetched with npm for the run and served from this machine; each
is loaded as often as `--times` says, in a browser session that has nothing cached, and the medians
are shown, with ratios to ours. The thread of the page is told as what it is busier than on the
blank page. Once more as a phone, four times slower and on slow 4G: the score is that of Lighthouse
(its curves and weights of first paint, largest paint, blocked time and shift; the speed index,
which a still page has none of, is left out).

It ends with 1 when the loader or the whole weighs more than it may, or anything shifts.
"""

import argparse
import math
import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Browser, sync_playwright

from bench.widget_pages import PEERS, Contender, fetch_packages, ours, served, version_of
from bench.widget_probe import DESK, PHONE, Load, Profile, load, middle
from pitchbar.widget.built import built, weigh

# Name, value that earns 0.9, value that earns 0.5, weight.
_CURVES = (
    ("fcp", 1800, 3000, 10),
    ("lcp", 2500, 4000, 25),
    ("blocked", 200, 600, 30),
    ("cls", 0.1, 0.25, 25),
)
_ROWS = (
    ("requests, closed", "requests", "{:.0f}"),
    ("bytes on the wire, closed", "bytes", "{:,.0f}"),
    ("main thread ms, closed", "main", "{:.0f}"),
    ("long tasks beyond 50 ms, ms", "blocked", "{:.0f}"),
    ("layout shift", "cls", "{:.3f}"),
    ("launcher seen, ms", "launcher", "{:.0f}"),
    ("click to usable panel, ms", "opening", "{:.0f}"),
    ("requests, opened", "opened_requests", "{:.0f}"),
    ("bytes on the wire, opened", "opened_bytes", "{:,.0f}"),
    ("heap, opened, kB", "heap", "{:,.0f}"),
)


def say_sizes() -> bool:
    """Whether all stay below their limits."""
    files = built()
    print(f"{'file':<16} {'bytes':>8} {'gzip':>8} {'br':>8}")
    for name, one in files.items():
        print(f"{name:<16} {one.bytes:>8,} {one.gzip:>8,} {one.br:>8,}")
    weights = weigh(files)
    print("; ".join(f"{one.label} {one.gzip:,} of {one.most:,}" for one in weights) + " (gzip)\n")
    return all(one.gzip <= one.most for one in weights)


def score(found: Load) -> float:
    """From 0 to 100."""
    parts = [
        (_share(getattr(found, name), good, median), weight)
        for name, good, median, weight in _CURVES
    ]
    return 100 * sum(share * weight for share, weight in parts) / sum(one[1] for one in parts)


def _share(value: float, good: float, median: float) -> float:
    """A log-normal curve through 0.9 at `good` and 0.5 at `median`."""
    if value <= 0:
        return 1.0
    place = math.log(value / median) / math.log(good / median)
    # 0.9 lies 1.2816 standard deviations out.
    return 0.5 * math.erfc(-place * 1.2815515655 / math.sqrt(2))


def measure(
    browser: Browser, pages: list[tuple[Contender, str]], profile: Profile, times: int
) -> dict[str, Load]:
    """They take turns, so that what else the machine does falls on all."""
    loads: dict[str, list[Load]] = {one.name: [] for one, _ in pages}
    for _ in range(times):
        for contender, url in pages:
            loads[contender.name].append(load(browser, url, contender, profile))
    found = {name: middle(each) for name, each in loads.items()}
    blank = found["nothing"]
    for name, one in found.items():
        one.heap /= 1000
        if name != "nothing":
            one.main -= blank.main
            one.requests -= blank.requests
            one.bytes -= blank.bytes
            one.opened_requests -= blank.requests
            one.opened_bytes -= blank.bytes
    return found


def say_table(found: dict[str, Load], profile: Profile) -> None:
    names = list(found)
    print(f"On {profile.name}, beyond the page itself; in brackets, times ours")
    print(f"{'':<30}" + "".join(f"{name:>20}" for name in names))
    for label, field, form in _ROWS:
        cells = [_cell(found, name, field, form) for name in names]
        print(f"{label:<30}" + "".join(f"{cell:>20}" for cell in cells))
    print()


def _cell(found: dict[str, Load], name: str, field: str, form: str) -> str:
    value, own = getattr(found[name], field), getattr(found["Pitchbar"], field)
    if value is None or (name == "nothing" and field.startswith(("open", "heap"))):
        return "-"
    ratio = f" ({value / own:.1f})" if own and value and name not in ("nothing", "Pitchbar") else ""
    return form.format(value) + ratio


def run(options: argparse.Namespace, folder: Path) -> bool:
    chosen = [one for one in PEERS if one.name in options.peers.split(",")]
    kept = fetch_packages(folder, chosen)
    is_light = say_sizes()
    with ExitStack() as stack:
        contenders = [Contender("nothing"), stack.enter_context(ours())]
        contenders += [one for one in chosen if one.name in kept]
        pages = [(one, stack.enter_context(served(one, kept.get(one.name)))) for one in contenders]
        playwright = stack.enter_context(sync_playwright())
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
        arguments = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        for name, where in kept.items():
            print(f"{name} {version_of(where)}")
        if kept:
            # The first time, this machine compresses what it serves.
            measure(browser, pages, DESK, 1)
        desk = measure(browser, pages, DESK, options.times)
        say_table(desk, DESK)
        if not options.desk:
            phone = measure(browser, pages, PHONE, max(1, options.times // 2))
            say_table(phone, PHONE)
            scores = "  ".join(f"{name} {score(one):.0f}" for name, one in phone.items())
            print(f"score of the page on {PHONE.name}: {scores}")
        browser.close()
    return is_light and desk["Pitchbar"].cls == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--peers", default="Typebot,Flowise,n8n")
    parser.add_argument("--desk", action="store_true", help="leave the phone out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(0 if run(options, Path(folder)) else 1)


if __name__ == "__main__":
    main()
