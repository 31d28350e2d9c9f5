"""The bench of the search in its shortest form: it runs, and prints its figures."""

import json
from pathlib import Path

from pitchbar.core.assets import ROOT
from tests.bench.running import run

QUESTIONS = (ROOT / "bench/data/questions.tsv").read_text().splitlines()


def test_labelled_sets_are_read(tmp_path: Path) -> None:
    context = "The café opens at seven. It closes at six. Bicycles stand behind the house."
    spanish = "El café abre a las siete. Cierra a las seis. Las bicicletas están detrás de la casa."
    for language, text, question, answer in (
        ("en", context, "When does it open?", "seven"),
        ("es", spanish, "¿A qué hora abre el café?", "siete"),
    ):
        answers = [{"answer_start": text.index(answer), "text": answer}]
        asked = [{"question": question, "answers": answers}]
        article = {"title": "Café", "paragraphs": [{"context": text, "qas": asked}]}
        (tmp_path / f"xquad-{language}.json").write_text(json.dumps({"data": [article]}))
    chunking = tmp_path / "chunking"
    chunking.mkdir()
    (chunking / "house.md").write_text(f"# House\n\n{context}\n")
    references = json.dumps([{"content": "seven", "start_index": 28, "end_index": 32}])
    quoted = references.replace('"', '""')
    (chunking / "questions_df.csv").write_text(
        f'question,references,corpus_id\nWhen does it open?,"{quoted}",house\n'
    )
    # Without the gold passage nothing is left, so nothing but the score of the rest can miss.
    said = run("retrieval", "labelled", "--words", "--data", str(tmp_path))
    assert "chunking set: 1 chunks, 1 questions" in said
    assert "XQuAD Spanish on English" in said
    assert "XQuAD Spanish: 1 chunks, 1 questions" in said
    assert "recall@5                                          1.000" in said


def test_a_question_is_timed_at_each_size() -> None:
    # How fast a machine is that runs tests beside, is no matter.
    said = run("retrieval", "speed", "--words", "--sizes", "60", "--questions", "3", codes=(0, 1))
    assert "60 chunks" in said
    assert "p95" in said


def test_nearly_a_third_of_our_questions_has_no_answer_and_the_others_stand_in_the_docs() -> None:
    rows = [line.split("\t") for line in QUESTIONS]
    asked_of = {asked for asked, *_ in rows}
    without = {asked for asked, file, _ in rows if not file}
    assert len(asked_of) >= 160
    assert len(without) * 3.1 >= len(asked_of)
    # What is answered at several places has a line for each.
    assert not without & {asked for asked, file, _ in rows if file}
    assert len({tuple(row) for row in rows}) == len(rows)
    for asked, file, phrase in rows:
        assert not file or phrase in (ROOT / "docs" / file).read_text(), asked
