"""Who is said to have said it, and where, is left out of a question before it is judged."""

import pytest

from pitchbar.retrieval.answerable import answer_of
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.question_frames import without_frame


@pytest.mark.parametrize(
    ("question", "plain"),
    [
        (
            "How long is a voucher valid, according to the Acme terms?",
            "How long is a voucher valid?",
        ),
        ("According to President Lovelace, who pays the fee?", "who pays the fee?"),
        ("Which fees are charged as described in the text?", "Which fees are charged?"),
        (
            "What did President Lovelace mention about schools in her yearly speech?",
            "What mention about schools?",
        ),
        ("Which fees are named in Ada Lovelace's last speech?", "Which fees are named?"),
        ("What is the aim of the Harbour Report's documentation for guests?",) * 2,
        ("What did Ada Lovelace write in 1843?",) * 2,
        ("How many towns did the Free State control?",) * 2,
        ("How are faults reported by phone?",) * 2,
        ("What happened during the delay?",) * 2,
        ("What is it, according to Bob, worth?", "What is it, worth?"),
        ("Who pays according to the terms?",) * 2,
    ],
)
def test_what_is_left_of_a_question(question: str, plain: str) -> None:
    assert without_frame(question, "en") == plain


@pytest.mark.parametrize(
    ("question", "language", "plain"),
    [
        ("Wie lange gilt ein Gutschein laut der Satzung?", "de", "Wie lange gilt ein Gutschein?"),
        ("¿Cuánto cuesta, según los términos?", "es", "¿Cuánto cuesta, según los términos?"),
        (
            "Combien de temps est-il valable, selon le contrat ?",
            "fr",
            "Combien de temps est-il valable?",
        ),
        (
            "according to the terms, who pays for it?",
            "",
            "according to the terms, who pays for it?",
        ),
    ],
)
def test_in_other_languages(question: str, language: str, plain: str) -> None:
    assert without_frame(question, language) == plain


@pytest.mark.usefixtures("app")
def test_a_question_is_answered_whoever_is_said_to_say_so() -> None:
    text = (
        "We have twelve places for bicycles behind the house. "
        "Nobody is refused health insurance for an illness that they had before. "
        "Vouchers are never paid out in money."
    )
    hit = Hit(1, 1, 1, 1, "", "Speech", ("Speech",), text, "en", 1.0, 5.0, 0.5)
    plain = answer_of("Who is refused health insurance for an earlier illness?", [hit])
    framed = answer_of(
        "Who is refused health insurance for an earlier illness, according to President Lovelace?",
        [hit],
    )
    assert framed.score == plain.score
    assert framed.sentence == plain.sentence
