"""The pages of codes in the visitor's language."""

import re
from datetime import UTC, datetime

import pytest

from pitchbar.codes.models import Code
from pitchbar.extensions import db
from pitchbar.scans.edge import Edge
from pitchbar.scans.edge_pages import EdgePages
from pitchbar.scans.page_states import STATES
from pitchbar.scans.page_texts import LANGUAGES, RIGHT_TO_LEFT, choose_tag, texts_in
from pitchbar.workspaces.models import Workspace
from tests.scans.edging import call_edge

ENGLISH = texts_in("en")
_HOLES = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language: str) -> None:
    texts = texts_in(language)
    assert texts.keys() == ENGLISH.keys()
    for key, text in texts.items():
        assert text.strip() == text != "", key
        assert sorted(_HOLES.findall(text)) == sorted(_HOLES.findall(ENGLISH[key])), key
        assert language == "en" or text != ENGLISH[key], key
        # A title is none; all else is said in whole sentences, without exclamation marks.
        assert key.endswith((".title", ".label", ".button", "again")) or text[-1] in ".؟", key
        assert "!" not in text, key


def test_every_page_has_its_texts() -> None:
    for state in STATES.values():
        assert {f"{state.texts}.title", f"{state.texts}.message", state.ask} <= ENGLISH.keys()
        assert not state.error or state.error in ENGLISH


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("", "en"),
        ("*", "en"),
        ("nl,sv;q=0.8", "en"),
        ("de-CH,de;q=0.9,en;q=0.8", "de-ch"),
        ("nl, fr-CA;q=0.7, en;q=0.3", "fr-ca"),
        ("en;q=0.2, es;q=0.9", "es"),
        ("en;q=0, it", "it"),
        ("AR-eg", "ar-eg"),
        ("de;q=many, pt", "pt"),
        (";;;,,q=1,-", "en"),
        ("x" * 100_000, "en"),
        (",".join(f"x{n}" for n in range(50)) + ",de", "en"),
    ],
)
def test_language_is_the_first_of_ours_in_the_browsers_order(header: str, tag: str) -> None:
    assert choose_tag(header) == tag


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", STATES)
def test_page_names_its_language_and_direction(kind: str, language: str) -> None:
    environ = {"REQUEST_METHOD": "GET", "HTTP_ACCEPT_LANGUAGE": language}
    (body,) = EdgePages().respond(kind, environ, lambda *_: None, name="Küche <&> مطبخ")

    page = body.decode()
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert texts_in(language)[f"{STATES[kind].texts}.title"] in page
    # Its direction is its own within a sentence of the other.
    assert "<bdi>Küche &lt;&amp;&gt; مطبخ</bdi>" in page
    assert not _HOLES.search(re.sub(r"<style>.*?</style>", "", page))
    assert len(body) < 20_000


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("en-GB", "opens on 1 December 2026 at 09:00 (Zurich)"),
        ("en", "opens on December 1, 2026 at 9:00"),
        ("de-CH,de", "am 1. Dezember 2026 um 09:00 (Zürich)"),
        ("fr", "le 1 décembre 2026 à 09:00 (Zurich)"),
        ("ar", "1 ديسمبر 2026"),
        ("en-nonsense-x", "December 1, 2026"),
    ],
)
def test_code_that_is_not_open_says_when_by_the_clock_of_its_place(
    edge: Edge, code: Code, header: str, said: str
) -> None:
    code.starts_at = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    code.ends_at = datetime(2026, 12, 2, tzinfo=UTC)
    db.session.commit()

    answer = call_edge(edge, "/t/menu", HTTP_ACCEPT_LANGUAGE=header)

    assert answer.status == 410
    assert said in answer.body.decode()


@pytest.mark.parametrize(
    ("zone", "place"),
    [
        ("UTC", "(UTC)"),
        ("America/Argentina/Buenos_Aires", "(Buenos Aires)"),
        ("America/New_York", "(نيويورك)"),
    ],
)
def test_place_has_its_name_in_the_visitors_language(
    edge: Edge, code: Code, workspace: Workspace, zone: str, place: str
) -> None:
    code.starts_at, workspace.time_zone = datetime(2099, 12, 1, tzinfo=UTC), zone
    db.session.commit()
    assert place in call_edge(edge, "/t/menu", HTTP_ACCEPT_LANGUAGE="ar").body.decode()


def test_kept_pages_are_few_however_many_come() -> None:
    pages = EdgePages()
    for number in range(1500):
        environ = {"REQUEST_METHOD": "GET", "HTTP_ACCEPT_LANGUAGE": f"en-{number}"}
        pages.respond("archived", environ, lambda *_: None, name=f"Workspace {number % 1200}")
    assert pages._render.cache_info().currsize <= 1024
