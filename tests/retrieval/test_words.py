import pytest

from pitchbar.clients.vectors import Candidate
from pitchbar.retrieval.fusion import dense_share, fuse
from pitchbar.retrieval.languages import language_of
from pitchbar.retrieval.sparse import sparse_of_question, sparse_of_text
from pitchbar.retrieval.words import terms_of


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("How do I cancel my plan?", "en"),
        ("¿Cuánto cuesta el plan más grande?", "es"),
        ("Wie kündige ich meinen Vertrag?", "de"),
        ("Où puis-je trouver ma facture ?", "fr"),
        ("Come posso pagare con la carta?", "it"),
        ("Quanto custa o plano maior para mim?", "pt"),
        ("Hoe kan ik mijn wachtwoord wijzigen?", "nl"),
        ("Сколько это стоит?", "ru"),
        ("料金はいくらですか", "ja"),
        ("这个多少钱", "zh"),
        ("كم سعر هذا؟", "ar"),
        ("refund policy", ""),
        ("", ""),
        ("12345", ""),
    ],
)
def test_the_language_of_a_short_question_is_told(question: str, language: str) -> None:
    assert language_of(question) == language


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "refunds", "refund"),
        ("en", "Cancelling", "cancelled"),
        ("de", "Gutscheine", "Gutschein"),
        ("es", "facturas", "factura"),
        ("fr", "café", "cafe"),
        ("en", "it\u2019s", "it's"),
        ("en", "\uff21\uff30\uff29", "api"),
    ],
)
def test_forms_of_a_word_are_one_term(language: str, one: str, other: str) -> None:
    assert list(terms_of(one, language)) == list(terms_of(other, language))


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("QUEUE_WAIT_ALERTS", "queue"),
        ("QUEUE_WAIT_ALERTS", "alert"),
        ("useCaseName", "case"),
        ("api/v1", "api/v1"),
        ("version 1.25", "1.25"),
        ("東京都に住む", "東京"),
        ("naïve", "naiv"),
    ],
)
def test_names_of_programs_and_other_scripts_are_found_by_their_parts(text: str, term: str) -> None:
    assert term in list(terms_of(text, "en"))


def test_stop_words_tell_nothing() -> None:
    assert list(terms_of("how do I and the of", "en")) == []
    assert sparse_of_text("", "en").indices == ()


def test_a_word_weighs_more_the_oftener_it_stands_and_less_in_a_long_text() -> None:
    [once] = sparse_of_text("voucher", "en").values
    twice = sparse_of_text("voucher voucher", "en").values[0]
    index = sparse_of_text("voucher", "en").indices[0]
    long = sparse_of_text("voucher " + " ".join(f"word{n}" for n in range(900)), "en")
    in_long = dict(zip(long.indices, long.values, strict=True))[index]
    assert twice > once > in_long > 0
    assert twice < 2 * once


def test_a_question_is_asked_in_all_languages_that_answer() -> None:
    asked = sparse_of_question("Gutscheine", ["en", "de"])
    for language in ("en", "de"):
        assert set(sparse_of_text("Gutscheine", language).indices) <= set(asked.indices)
    assert set(asked.values) == {1.0}


def _candidate(lexical: float, cosine: float | None) -> Candidate:
    return Candidate("id", {}, lexical, cosine)


def test_scores_are_joined_and_not_ranks() -> None:
    candidates = [_candidate(10.0, 0.1), _candidate(1.0, 0.5), _candidate(0.0, 0.3)]
    assert fuse(candidates, [0.5, 0.5, 0.5]) == pytest.approx([0.5, 0.55, 0.25])
    assert fuse(candidates, [0.6, 0.6, 0.6]) == pytest.approx([0.4, 0.64, 0.3])


def test_without_a_model_the_words_are_the_score() -> None:
    assert fuse([_candidate(4.0, None), _candidate(1.0, None)], [0.5, 0.5]) == [1.0, 0.25]
    assert fuse([], []) == []
    assert fuse([_candidate(0.0, 0.4)], [0.5]) == [0.5]


def test_meaning_counts_more_across_languages() -> None:
    assert dense_share("es", "en") > dense_share("en", "en") == dense_share("", "en")
