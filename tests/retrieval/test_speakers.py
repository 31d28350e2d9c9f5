import pytest

from pitchbar.clients.embeddings import packaged_embedder
from pitchbar.retrieval.evidence import gather
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.sentence_terms import sentences_of, stems_of_passage, weighed_terms
from pitchbar.retrieval.speakers import speakers_of

SPEECH = (
    "My fellow members, I will lower the fees. I have seen what they do to families. "
    "The president before me did nothing."
)
COMPANY = "We refund within 14 days. We send the money back to the card. Our terms say so."
FAQ = "How do I get a refund? Write to the till. Can I pay by card? Yes. Where are my invoices?"


def _speakers(question: str, *texts: str, language: str = "en") -> set[str]:
    hits = [
        Hit(at, 1, 1, 1, "", "", (), text, language, 1.0, 5.0, 0.5) for at, text in enumerate(texts)
    ]
    passages = [stems_of_passage(hit.passage, hit.language) for hit in hits]
    terms = weighed_terms(question, [language], passages)
    found = [one for at, hit in enumerate(hits) for one in sentences_of(at, hit)]
    named = speakers_of(question, terms, hits, passages, found)
    return {question[one.start : one.end] for one in named}


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Which fees will President Lovelace lower?", {"President", "Lovelace"}),
        ("Which fees will Ms. Ada Lovelace lower?", {"Ms.", "Ada", "Lovelace"}),
        ("What are President Lovelace's plans for fees?", {"President", "Lovelace's"}),
        ("Which fees will the president lower?", set()),
        # Who has no title may be a company.
        ("Which fees will Lovelace lower?", set()),
        ("Which fees will Google Analytics lower?", set()),
        ("Which general Terms apply to fees?", set()),
        # Something else must be left, and not only words that ask.
        ("Who is President Lovelace?", set()),
        ("What did President Lovelace mention?", set()),
    ],
)
def test_who_is_named_nowhere_is_whoever_speaks(question: str, named: set[str]) -> None:
    assert _speakers(question, SPEECH) == named


@pytest.mark.parametrize("question", ["What did Mr Lovelace mention?", "Said Mr Lovelace?", "I?"])
def test_questions_of_little_but_a_speaker_are_judged_all_the_same(question: str) -> None:
    hit = Hit(1, 1, 1, 1, "", "", (), SPEECH, "en", 1.0, 5.0, 0.5)
    assert all(0 <= one.covered <= 1 for one in gather(question, [hit], packaged_embedder()))


def test_who_is_named_in_a_passage_does_not_speak() -> None:
    question = "Which fees will President Lovelace lower?"
    assert not _speakers(question, SPEECH, "Lovelace was born in 1815.")


@pytest.mark.parametrize("text", [COMPANY, FAQ, "He said: I will lower the fees. Nobody did."])
def test_a_company_or_a_list_of_questions_is_no_speaker(text: str) -> None:
    """Whoever asks about another company is not told of this one."""
    assert not _speakers("Which fees will President Bitly refund?", text)


def test_half_of_the_passages_are_spoken() -> None:
    question = "Which fees will President Lovelace lower?"
    assert _speakers(question, SPEECH, COMPANY)
    assert not _speakers(question, SPEECH, COMPANY, COMPANY)


@pytest.mark.parametrize(
    ("language", "question", "text"),
    [
        (
            "de",
            "Welche Gebühren möchte die Präsidentin Lovelace für uns alle senken?",
            "Ich senke die Gebühren. Mein Vorgänger hat das nie getan.",
        ),
        (
            "es",
            "¿Qué tasas quiere bajar la presidenta Lovelace para todos nosotros?",
            "Yo bajaré las tasas. Mis vecinos las pagan.",
        ),
        (
            "fr",
            "Quels sont les frais que la présidente Lovelace veut baisser pour nous ?",
            "Je baisserai les frais. J'ai vu ce qu'ils font à mes voisins.",
        ),
    ],
)
def test_speakers_of_other_languages(language: str, question: str, text: str) -> None:
    assert "Lovelace" in _speakers(question, text, language=language)
    assert "Gebühren" not in _speakers(question, text, language=language)


def test_a_noun_that_is_written_large_is_no_name() -> None:
    question = "Welche Gebühren gelten für die Rückerstattung?"
    text = "Ich senke die Gebühren. Mein Vorgänger hat das nie getan."
    assert not _speakers(question, text, language="de")


def test_a_language_that_is_not_known_has_no_speakers() -> None:
    assert not _speakers("Which fees will President Lovelace lower?", SPEECH, language="fi")
