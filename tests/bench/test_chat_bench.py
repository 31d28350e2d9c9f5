"""The bench of the chat in its shortest form: it runs, and prints its figures."""

from pathlib import Path

from tests.bench.running import run


def test_streams_are_opened_and_first_words_timed(tmp_path: Path) -> None:
    (tmp_path / "scans.md").write_text(
        "# Scans\n\nScans are kept for a year unless the setting says otherwise.\n"
    )
    said = run("chat", "--docs", str(tmp_path), "--streams", "2", "--probes", "3")
    assert "2 streams open: first word p50 / p95" in said
    assert "2 ask in one moment: answers begun in a second" in said
    assert "statements before the first word:" in said
    before = next(line for line in said.splitlines() if "before the first word" in line)
    assert before.endswith("of which write 0")
