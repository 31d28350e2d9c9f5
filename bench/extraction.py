"""How well the main text of pages is told from all that surrounds it.

    bin/bench extraction --data DIR [--pages 0] [--worst 5]

DIR holds `ground-truth.json` (address and text of each page's article) and `html/*.html.gz`, as the
article-extraction benchmark of Scrapinghub has them. Counted as it counts: runs of four words of
the text kept and of the text that was wanted, precision and recall of each page, and F1 of their
means. Prints also the pages read worst, the gates that closed, and the time of a page.
"""

import argparse
import gzip
import json
import re
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pitchbar.reading.texts import ReadText, read_html

_RUN = 4


@dataclass(frozen=True)
class Score:
    """`precision` is None where nothing was kept, `recall` where nothing was wanted."""

    url: str
    precision: float | None
    recall: float | None
    gate: str
    milliseconds: float

    @property
    def f1(self) -> float:
        precision, recall = self.precision or 0.0, self.recall or 0.0
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def runs_of(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    first = range(max(1, len(words) - _RUN + 1)) if words else range(0)
    return Counter(tuple(words[at : at + _RUN]) for at in first)


def compare(wanted: str, kept: str) -> tuple[float | None, float | None]:
    true, found = runs_of(wanted), runs_of(kept)
    shared = (true & found).total()
    precision = shared / found.total() if found else None
    recall = shared / true.total() if true else None
    return precision, recall


def measure(folder: Path, key: str, page: dict[str, str]) -> Score:
    body = gzip.decompress((folder / "html" / f"{key}.html.gz").read_bytes())
    started = time.perf_counter()
    read: ReadText = read_html(body, "utf-8", page["url"])
    elapsed = (time.perf_counter() - started) * 1000
    return Score(page["url"], *compare(page["articleBody"], read.markdown), read.gate, elapsed)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--pages", type=int, default=0)
    arguments.add_argument("--worst", type=int, default=5)
    options = arguments.parse_args()
    truth = json.loads((options.data / "ground-truth.json").read_text())
    pages = list(truth.items())[: options.pages or None]
    # Libraries and models are loaded by the first.
    measure(options.data, *pages[0])
    scores = [measure(options.data, key, page) for key, page in pages]
    precision = statistics.mean(one.precision for one in scores if one.precision is not None)
    recall = statistics.mean(one.recall for one in scores if one.recall is not None)
    times = sorted(one.milliseconds for one in scores)
    for one in sorted(scores, key=lambda score: score.f1)[: options.worst]:
        print(f"  {one.f1:.3f}  {one.url[:90]}")
    gates = Counter(one.gate for one in scores if one.gate)
    closed = ", ".join(f"{gate} {count}" for gate, count in gates.items()) or "none"
    print(f"gates that closed: {closed}")
    print(
        f"a page: {statistics.median(times):.0f} ms in the middle, "
        f"{times[int(len(times) * 0.95)]:.0f} ms at the 95th percentile"
    )
    print(
        f"{len(scores)} pages: precision {precision:.4f}, recall {recall:.4f}, "
        f"F1 {2 * precision * recall / (precision + recall):.4f}"
    )


if __name__ == "__main__":
    main()
