"""The bench of the studio: ours beside the plain symbol, the verdict beside another simulation."""

import re
from pathlib import Path

from PIL import Image

from tests.bench.running import run


def test_a_few_designs_are_read_printed_and_timed() -> None:
    said = run("studio", "--sample", "2", "--agreement", "2", "--times", "1")
    verdicts = re.search(r"2 designs: (\d) passes, (\d) weak, (\d) fails", said)
    assert verdicts
    assert sum(map(int, verdicts.groups())) == 2
    for decoder in ("zxing-cpp", "OpenCV"):
        undamaged = re.search(rf"pass: (\d) of (\d) read by {decoder}", said)
        assert undamaged
        assert undamaged[1] == undamaged[2] == verdicts[1]
    rates = re.findall(r"all +(\d+) of +108 +([\d.]+)% +(\d+) of +108 +([\d.]+)% +([\d.]+)", said)
    assert len(rates) == 2
    for ours, percent, plain, _, ratio in rates:
        assert 0 < int(ours) < 108
        assert abs(int(ours) / 108 * 100 - float(percent)) < 0.01
        assert abs(int(ours) / int(plain) - float(ratio)) < 0.001
    assert re.search(r"(passes|weak): agrees with \d of \d", said)
    assert re.search(r"scan check: p50 \d+ ms, p95 \d+ ms of 1", said)


def test_requests_of_the_studio_are_timed() -> None:
    said = run("studio_pages", "--requests", "1", "--labels", "3")
    for name in ("preview", "scan check", "EPS file"):
        assert re.search(rf"{name} +[\d.]+ +[\d.]+ +[\d.]+", said)
    assert re.search(r"sheet of 3 labels: [\d.]+ s, 1 pages, [1-9]\d* KiB", said)


def test_designs_stand_on_one_sheet(tmp_path: Path) -> None:
    file = tmp_path / "contact.png"
    said = run("studio_contact", "--count", "7", "--out", str(file)).splitlines()
    assert len(said) == 7
    # What is shown to people as good is good.
    assert all(": passes " in line for line in said)
    with Image.open(file) as picture:
        assert picture.size == (6 * 260, 2 * 294)
