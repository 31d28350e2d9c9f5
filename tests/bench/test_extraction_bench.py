"""The bench of extraction: it counts as its model counts, and prints its figures."""

import gzip
import json
import re
from pathlib import Path

from tests.bench.running import run

PROSE = (
    "We rent rowing boats and motor boats from April to October. Every boat carries life vests for "
    "all aboard, and children under six travel for free. You pay when you bring it back."
)


def test_pages_are_read_and_compared(tmp_path: Path) -> None:
    (tmp_path / "html").mkdir()
    truth = {}
    for key, wanted in (
        ("whole", f"{PROSE} {PROSE}"),
        ("half", f"{PROSE} {PROSE}" + " x y z" * 22),
    ):
        html = (
            f"<html><body><nav>Home, prices</nav><article><p>{PROSE}</p><p>{PROSE}</p></article>"
            "<footer>Imprint</footer></body></html>"
        )
        (tmp_path / "html" / f"{key}.html.gz").write_bytes(gzip.compress(html.encode()))
        truth[key] = {"articleBody": wanted, "url": f"https://acme.example/{key}"}
    (tmp_path / "ground-truth.json").write_text(json.dumps(truth))
    said = run("extraction", "--data", str(tmp_path))
    found = re.search(r"2 pages: precision 1\.0000, recall (0\.\d+), F1 (0\.\d+)", said)
    assert found
    recall = float(found[1])
    assert 0.7 < recall < 0.85
    assert abs(float(found[2]) - 2 * recall / (1 + recall)) < 0.001
    assert "gates that closed: none" in said
    assert "acme.example/half" in said.splitlines()[0]
