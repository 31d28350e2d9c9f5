"""What visitors type: cleaned, told apart, and refused kindly."""

from datetime import datetime

import pytest

from pitchbar.agents.config import OpenHours
from pitchbar.agents.hours import is_open
from pitchbar.chat.errors import EmptyMessage, MessageTooLong
from pitchbar.chat.person_requests import asks_for_person
from pitchbar.chat.sentences import LANGUAGES, say
from pitchbar.chat.typed import clean, has_words


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  Hello \n", "Hello"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\u2028b\u2029c\u0085d", "a\nb\nc\nd"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("pass\u200bword", "password"),
        ("pass\u200dword\u200c", "password"),
        ("\ufeffHello", "Hello"),
        ("\u202edrow\u202c", "drow"),
        ("\u2066a\u2069\u200f\u200e\u061c", "a"),
        ("a\x00b\x1b[31mc\x7f\x9b", "ab[31mc"),
        ("tab\there", "tab\there"),
        ("\udce9t\ud800", "?t?"),
        ("so\u00adft", "soft"),
        ("\U000e0041\U000e007fhidden", "hidden"),
        # Joiners that words and pictures are made of.
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🍳", "👩\u200d🍳"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("日本語", "日本語"),
    ],
)
def test_what_cannot_be_seen_is_taken_out(typed: str, cleaned: str) -> None:
    assert clean(typed) == cleaned


@pytest.mark.parametrize(
    "nothing", ["", " ", "\n\t", "\u200b\u200b", "\u202e\u2066", "\x00\x01", "\u3164", "\u200d"]
)
def test_nothing_is_refused(nothing: str) -> None:
    with pytest.raises(EmptyMessage):
        clean(nothing)


def test_four_thousand_characters_are_taken_and_no_more() -> None:
    assert len(clean("x" * 4000)) == 4000
    assert len(clean("\u200b" * 500 + "x" * 4000)) == 4000
    for long in ("x" * 4001, "x" * 10_000_000, "é" * 4001):
        with pytest.raises(MessageTooLong):
            clean(long)


@pytest.mark.parametrize(
    ("text", "asks"),
    [("👍", False), ("❤️🎉!!", False), ("…?!", False), ("🇩🇪", False), ("7", True), ("好", True)],
)
def test_pictures_alone_ask_nothing(text: str, asks: bool) -> None:
    assert has_words(text) is asks


@pytest.mark.parametrize(
    "text",
    [
        "Can I talk to a human?",
        "I want to speak with a real person",
        "Please connect me to support",
        "transfer me to an agent",
        "I need a human",
        "human please!",
        "can i chat with someone from your team",
        "Ich möchte mit einem Menschen sprechen.",
        "Kann ich mit jemandem vom Support reden?",
        "Verbinden Sie mich bitte",
        "Je voudrais parler à quelqu’un",
        "Puis-je parler avec un conseiller ?",
        "Quiero hablar con una persona",
        "Vorrei parlare con un operatore",
        "Ik wil met een medewerker spreken",
        "Kan ik praten met een mens?",
        "Quero falar com um atendente",
        "أريد التحدث مع شخص حقيقي",
        "هل يمكنني التحدث إلى أحد أعضاء الفريق؟",
        "اريد اكلم موظف",
        "كيف أتواصل مع الدعم؟",
        "حوِّلني إلى موظف من فضلك",
        "أحتاج إلى إنسان.",
        "موظف لو سمحت",
    ],
)
def test_who_asks_for_a_person_is_heard(text: str) -> None:
    assert asks_for_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "How do I add a person to my workspace?",
        "How many people can join?",
        "Do you have an API for agents?",
        "What does an agent cost?",
        "Is the text human readable?",
        "Who is the person in the picture?",
        "Do I need a human resources licence?",
        "When does the support team get notified?",
        "Wie viele Personen dürfen mitmachen?",
        "Combien de personnes peuvent venir ?",
        "¿Cuántas personas caben?",
        "كم عدد الأشخاص الذين يمكنهم الانضمام؟",
        "كيف أضيف شخصًا إلى مساحة العمل؟",
        "هل أستطيع التحدث بالعربية؟",
        "من هو الشخص في الصورة؟",
        "I read your page about how people talk. " * 6 + "Can I talk to a human?",
    ],
)
def test_who_speaks_of_people_does_not_ask_for_one(text: str) -> None:
    assert not asks_for_person(text)


def test_chat_speaks_the_visitors_language_else_english() -> None:
    assert "team" in say("person", "en")
    assert say("person", "de-AT").startswith("Gern")
    assert say("person", "ar-EG").startswith("بكل سرور")
    assert say("person", "xx") == say("person", "") == say("person", "en")
    for language in LANGUAGES:
        assert len({say(one, language) for one in ("person", "no_words", "failed")}) == 3


@pytest.mark.parametrize(
    ("at", "open_now"),
    [
        ("2026-03-02T08:59+01:00", False),
        ("2026-03-02T09:00+01:00", True),
        ("2026-03-02T16:59+01:00", True),
        ("2026-03-02T17:00+01:00", False),
        ("2026-03-03T10:00+01:00", False),
        ("2026-03-01T23:30+00:00", False),
    ],
)
def test_hours_are_those_of_the_workspaces_clocks(at: str, open_now: bool) -> None:
    monday = (OpenHours(day=0, opens="09:00", closes="17:00"),)
    assert is_open(monday, "Europe/Berlin", datetime.fromisoformat(at)) is open_now
    assert is_open(None, "Europe/Berlin", datetime.fromisoformat(at))
    assert not is_open((), "Europe/Berlin", datetime.fromisoformat(at))
