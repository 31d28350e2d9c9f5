"""What people type about an agent, made fit or refused with a sentence at its field."""

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from pitchbar.agents.config import MOST_STARTERS, AgentConfig, ConsentLine, LeadForm, OpenHours
from pitchbar.agents.errors import InvalidAgent, InvalidFields
from pitchbar.agents.triggers import clean_triggers
from pitchbar.core.hosts import check_origin, is_host
from pitchbar.core.text import storable
from pitchbar.sources.queries import list_source_names

_LENGTHS = {
    "name": 80,
    "persona": 1_000,
    "instructions": 4_000,
    "greeting": 300,
    "refusal": 300,
    "launcher_label": 40,
}
_LONGEST_STARTER, _LONGEST_INTRO, _LONGEST_CONSENT = 120, 300, 300
_MOST_ORIGINS, _MOST_PATHS = 50, 100
_CHOICES = {
    "tone": ("friendly", "neutral", "formal"),
    "theme": ("auto", "light", "dark"),
    "position": ("right", "left"),
    "launcher_icon": ("message", "question", "spark"),
}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def clean_config(config: AgentConfig, workspace_id: int) -> AgentConfig:
    """Raises InvalidFields with every field that is not fit."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}

    def clean(name: str, act: Callable[..., Any], *given: Any) -> None:
        try:
            values[name] = act(*given)
        except InvalidAgent as error:
            wrong.update(error.fields)

    for name, most in _LENGTHS.items():
        clean(name, clean_text, name, getattr(config, name), most)
    for name, choices in _CHOICES.items():
        clean(name, clean_choice, name, getattr(config, name), choices)
    clean("starters", clean_starters, config.starters)
    clean("language", clean_language, config.language)
    clean("accent", clean_colour, config.accent)
    clean("threshold", clean_threshold, config.threshold)
    clean("source_ids", clean_sources, config.source_ids, workspace_id)
    clean("hours", clean_hours, config.hours)
    clean("triggers", clean_triggers, config.triggers)
    clean("lead_form", clean_lead_form, config.lead_form)
    clean("consent", clean_consent, config.consent)
    if values.get("name") == "":
        wrong["name"] = "Give it a name: visitors read it above the chat."
    if wrong:
        raise InvalidFields(wrong)
    return config.model_copy(update=values)


def clean_choice(field: str, chosen: str, choices: Sequence[str]) -> str:
    if chosen not in choices:
        raise InvalidAgent(field, f"Choose one of {', '.join(choices)}.")
    return chosen


def clean_lead_form(form: LeadForm) -> LeadForm:
    intro = clean_text("lead_intro", form.intro, _LONGEST_INTRO)
    return LeadForm(**(form.model_dump() | {"intro": intro}))


def clean_text(field: str, text: str, most: int) -> str:
    cleaned = storable(text).replace("\r\n", "\n").strip()
    if len(cleaned) > most:
        raise InvalidAgent(field, f"Use at most {most:,} characters; these are {len(cleaned):,}.")
    return cleaned


def clean_consent(consent: ConsentLine) -> ConsentLine:
    text = " ".join(clean_text("consent_text", consent.text, _LONGEST_CONSENT).split())
    url = consent.url.strip()
    if url and not text:
        raise InvalidAgent("consent_text", "Enter the words that the link belongs to.")
    if url and (len(url) > 500 or not _is_web_address(url)):
        raise InvalidAgent("consent_url", "Enter an address such as https://shop.example/privacy.")
    return ConsentLine(text=text, url=url)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    is_plain = parts.scheme in ("http", "https") and "@" not in parts.netloc
    return is_plain and is_host(host) and not re.search(r"[\s<>\"]", url)


def clean_starters(starters: Sequence[str]) -> tuple[str, ...]:
    cleaned = tuple(dict.fromkeys(" ".join(storable(one).split()) for one in starters))
    cleaned = tuple(one for one in cleaned if one)
    if len(cleaned) > MOST_STARTERS:
        raise InvalidAgent("starters", f"There can be {MOST_STARTERS} questions at the most.")
    if any(len(one) > _LONGEST_STARTER for one in cleaned):
        raise InvalidAgent("starters", f"A question can have {_LONGEST_STARTER} characters.")
    return cleaned


def clean_language(language: str) -> str:
    cleaned = language.strip()
    if cleaned and not _LANGUAGE.fullmatch(cleaned):
        raise InvalidAgent("language", "Enter a language such as en, de or pt-BR, or none.")
    return cleaned


def clean_colour(colour: str) -> str:
    cleaned = colour.strip().lower()
    if not _COLOUR.fullmatch(cleaned):
        raise InvalidAgent("accent", "Enter a colour such as #0b7a5c.")
    return cleaned


def clean_threshold(threshold: float | None) -> float | None:
    if threshold is not None and not 0 <= threshold <= 1:
        raise InvalidAgent("threshold", "It can be 0 to 1, such as 0.5.")
    return threshold


def clean_sources(source_ids: Sequence[int] | None, workspace_id: int) -> tuple[int, ...] | None:
    """Those of this workspace; what was deleted meanwhile is left out by itself."""
    if source_ids is None:
        return None
    mine = list_source_names(workspace_id)
    if strange := [one for one in source_ids if one not in mine]:
        raise InvalidAgent("source_ids", f"There is no source {strange[0]} in this workspace.")
    return tuple(sorted(set(source_ids)))


def clean_hours(hours: Sequence[OpenHours] | None) -> tuple[OpenHours, ...] | None:
    if hours is None:
        return None
    for one in hours:
        if not _TIME.fullmatch(one.opens) or not _TIME.fullmatch(one.closes):
            raise InvalidAgent("hours", "Enter times such as 09:00 and 17:30.")
        if one.opens >= one.closes:
            raise InvalidAgent("hours", "It must close later than it opens, on the same day.")
    if len({one.day for one in hours}) != len(hours):
        raise InvalidAgent("hours", "Each day can be there once.")
    return tuple(sorted(hours, key=lambda one: one.day))


def clean_origins(origins: Sequence[str]) -> list[str]:
    """`https://shop.example`, `https://*.shop.example` or `*`; a bare host means https."""
    cleaned = list(dict.fromkeys(_clean_origin(one.strip()) for one in origins if one.strip()))
    if len(cleaned) > _MOST_ORIGINS:
        raise InvalidAgent("allowed_origins", f"There can be {_MOST_ORIGINS} sites at the most.")
    return cleaned


def _clean_origin(typed: str) -> str:
    if typed == "*":
        return typed
    origin = (typed if "://" in typed else f"https://{typed}").lower()
    scheme, _, rest = origin.partition("://")
    is_wild = rest.startswith("*.")
    try:
        checked = check_origin(f"{scheme}://{rest.removeprefix('*.')}")
    except ValueError as error:
        raise InvalidAgent("allowed_origins", f"{typed[:100]} {error}.") from None
    default = ":443" if scheme == "https" else ":80"
    host = checked.partition("://")[2].removesuffix(default)
    return f"{scheme}://{'*.' if is_wild else ''}{host}"


def clean_paths(paths: Sequence[str]) -> list[str]:
    cleaned = list(dict.fromkeys(one.strip() for one in paths if one.strip()))
    if len(cleaned) > _MOST_PATHS:
        raise InvalidAgent("restricted_paths", f"There can be {_MOST_PATHS} paths at the most.")
    for one in cleaned:
        if not one.startswith("/") or len(one) > 500 or re.search(r"[\s?#]", one):
            sentence = f"{one[:100]} is no path, such as /checkout."
            raise InvalidAgent("restricted_paths", sentence)
    return cleaned
