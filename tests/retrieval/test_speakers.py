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
        ("Which fees will Lovelace lower?", {"Lovelace"}),
        ("Which fees will President Lovelace lower?", {"President", "Lovelace"}),
        ("What are Lovelace's plans for fees?", {"Lovelace's"}),
        ("Which fees will the president lower?", set()),
        # The first word of a question is none, and of nothing but a name nothing would be left.
        ("Lovelace lowers which fees?", set()),
        ("Who is Lovelace?", set()),
        # Nor but for words that only ask.
        ("What did Lovelace mention?", set()),
    ],
)
def test_who_is_named_nowhere_is_whoever_speaks(question: str, named: set[str]) -> None:
    assert _speakers(question, SPEECH) == named


@pytest.mark.parametrize("question", ["What did Lovelace mention?", "Fees, said Lovelace?", "I?"])
def test_questions_of_little_but_a_speaker_are_judged_all_the_same(question: str) -> None:
    hit = Hit(1, 1, 1, 1, "", "", (), SPEECH, "en", 1.0, 5.0, 0.5)
    assert all(0 <= one.covered <= 1 for one in gather(question, [hit], packaged_embedder()))


def test_who_is_named_in_a_passage_does_not_speak() -> None:
    assert not _speakers("Which fees will Lovelace lower?", SPEECH, "Lovelace was born in 1815.")


@pytest.mark.parametrize("text", [COMPANY, FAQ, "He said: I will lower the fees. Nobody did."])
def test_a_company_or_a_list_of_questions_is_no_speaker(text: str) -> None:
    """Whoever asks about another company is not told of this one."""
    assert not _speakers("Which fees will Bitly refund?", text)


def test_half_of_the_passages_are_spoken() -> None:
    question = "Which fees will Lovelace lower?"
    assert _speakers(question, SPEECH, COMPANY)
    assert not _speakers(question, SPEECH, COMPANY, COMPANY)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Ich senke die Gebühren. Mein Vorgänger hat das nie getan."),
        ("es", "Yo bajaré las tasas. Mis vecinos las pagan."),
        ("fr", "Je baisserai les frais. J'ai vu ce qu'ils font à mes voisins."),
    ],
)
def test_speakers_of_other_languages(language: str, text: str) -> None:
    question = {"de": "Was senkt Lovelace?", "es": "¿Qué tasas baja Lovelace?"}.get(
        language, "Quels frais baisse Lovelace ?"
    )
    assert _speakers(question, text, language=language) == {"Lovelace" + "?" * (language != "fr")}


def test_a_language_that_is_not_known_has_no_speakers() -> None:
    assert not _speakers("Which fees will Lovelace lower?", SPEECH, language="fi")
