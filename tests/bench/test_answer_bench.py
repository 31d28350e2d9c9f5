"""The bench of the answers in its shortest form: a set, and a model that makes things up."""

import json
import re
from pathlib import Path

from tests.bench.running import run

SET = [
    ("When does the café open?", "The café opens at 7 in the morning, also on days of rest."),
    ("How long is a voucher worth?", "A voucher for the café is worth 3 years, and nothing after."),
    ("Where may dogs sit?", "Dogs of visitors to the café may sit on the terrace in summer."),
]


def _figure(said: str, what: str) -> float:
    found = re.search(rf"  {what}.*?\s{{2,}}([\d.]+|nan)", said)
    assert found is not None, said
    return float(found[1])


def test_cited_sentences_are_compared_with_their_passages(tmp_path: Path) -> None:
    paragraphs = [
        {"context": text, "qas": [{"question": asked, "answers": [answer]}]}
        for asked, text in SET
        for answer in [{"answer_start": 0, "text": text}]
    ]
    data = {"data": [{"title": "Café", "paragraphs": paragraphs}]}
    (tmp_path / "xquad-en.json").write_text(json.dumps(data))
    arguments = ["labelled", "--words", "--data", str(tmp_path), "--model", "fake"]
    # Of so few, one that is refused misses a target.
    said = run("answers", *arguments, "--to", str(tmp_path / "read.txt"), codes=(0, 1))
    assert "xquad-en: 6 turns" in said
    assert _figure(said, "refused, of those without an answer") > 0.5
    assert _figure(said, "refused, of those with one") == 0
    assert _figure(said, r"unsupported, of [1-9]\d* cited sentences") == 0
    assert _figure(said, "made up, and shown as cited") == 0
    assert "Q: When does the café open?" in (tmp_path / "read.txt").read_text()
