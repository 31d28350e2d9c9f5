"""Which of the sentences that were found is taken for the answer."""

from dataclasses import replace

import pytest

from pitchbar.clients.embeddings import packaged_embedder
from pitchbar.retrieval.evidence import gather
from pitchbar.retrieval.passages import Hit


def _hits(*texts: str, language: str = "en") -> list[Hit]:
    return [
        Hit(at, 1, 1, 1, "", "", (), text, language, 1.0, 5.0, 0.5) for at, text in enumerate(texts)
    ]


def _best(question: str, *texts: str) -> str:
    return gather(question, _hits(*texts), packaged_embedder())[0].sentence.text


def test_what_is_asked_about_counts_though_every_passage_has_it() -> None:
    """A word that all have tells passages apart least, and would count for next to nothing."""
    texts = (
        "Webhooks tell of scans. Lights turn off by themselves at night.",
        "Webhooks can be stopped on their page by one press.",
        "Webhooks are tried again.",
        "Webhooks are signed.",
    )
    assert "by one press" in _best("How do I turn off webhooks?", *texts)


SPANISH = (
    "El cafe abre a las siete de la manana. Los perros son bienvenidos en la terraza.",
    "La biblioteca cierra a las seis de la tarde y no abre los domingos.",
)
ENGLISH = ("The cafe opens at seven in the morning.", "The library closes at six.")


@pytest.mark.parametrize(
    ("question", "texts", "language", "by_words"),
    [
        ("When does the library close in the evening?", ENGLISH, "en", False),
        ("¿A que hora cierra la biblioteca por la tarde?", SPANISH, "es", True),
        # Where no language was told, it is taken for the question's.
        ("¿A que hora cierra la biblioteca por la tarde?", SPANISH, "", True),
        # Of another language the passages have hardly a word.
        ("¿A que hora cierra la biblioteca por la tarde?", ENGLISH, "en", False),
        ("Library?", SPANISH, "es", False),
    ],
)
def test_words_tell_more_than_a_model_that_does_not_know_the_language(
    question: str, texts: tuple[str, ...], language: str, by_words: bool
) -> None:
    found = gather(question, _hits(*texts, language=language), packaged_embedder())
    assert {one.by_words for one in found} == {by_words}


def test_without_a_model_it_is_by_words_alone() -> None:
    found = gather("When does the library close?", _hits(*ENGLISH), None)
    assert {one.by_words for one in found} == {True}
    assert found[0].sentence.text == "The library closes at six."


def test_by_words_the_sentence_with_the_words_of_the_question_is_best() -> None:
    question = "¿A que hora cierra la biblioteca por la tarde?"
    found = gather(question, _hits(*SPANISH, language="es"), packaged_embedder())
    assert found[0].sentence.text.startswith("La biblioteca cierra")
    for one in found:
        unheard = replace(one, meant=0.0, meant_alike=0.0, cosine=0.0, behind=1.0)
        assert unheard.nearness == one.nearness
        by_meaning = replace(one, by_words=False)
        assert replace(unheard, by_words=False).nearness < by_meaning.nearness
