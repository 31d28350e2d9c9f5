"""What people type about a source, made fit or refused with a sentence at its field."""

from collections.abc import Sequence

from pitchbar.clients.outbound import refuse_url
from pitchbar.clients.settings import OutboundSettings
from pitchbar.core.hosts import is_host
from pitchbar.core.text import storable
from pitchbar.crawling.addresses import normalise
from pitchbar.crawling.patterns import MAX_PATTERNS, refuse_pattern
from pitchbar.settings import Settings
from pitchbar.sources.errors import InvalidSource
from pitchbar.sources.models import KINDS, SCHEDULES
from pitchbar.sources.settings import SourceSettings

_LONGEST_NAME, _MOST_HOSTS = 120, 20


def clean_kind(kind: str) -> str:
    if kind not in KINDS:
        raise InvalidSource("kind", f"A source is one of {', '.join(KINDS)}.")
    return kind


def clean_name(name: str, otherwise: str) -> str:
    cleaned = " ".join(storable(name).split()) or otherwise
    return cleaned[:_LONGEST_NAME]


def clean_url(url: str, settings: Settings) -> str:
    typed = url.strip()
    if not typed:
        raise InvalidSource("url", "Enter an address.")
    if "://" not in typed:
        typed = f"https://{typed}"
    if sentence := refuse_url(typed, settings[OutboundSettings].allowed):
        raise InvalidSource("url", sentence)
    cleaned = normalise(typed)
    if not cleaned or len(cleaned) > 2048:
        raise InvalidSource("url", "This address cannot be read as one.")
    return cleaned


def clean_text(text: str, settings: Settings) -> str:
    cleaned, most = storable(text).strip(), settings[SourceSettings].source_text_characters
    if not cleaned:
        raise InvalidSource("text", "Paste the text that answers should come from.")
    if len(cleaned) > most:
        raise InvalidSource(
            "text",
            f"This text has {len(cleaned):,} characters. A source holds up to {most:,}: "
            "cut it in two, or upload it as a file.",
        )
    return cleaned


def clean_patterns(field: str, patterns: Sequence[str]) -> list[str]:
    cleaned = list(dict.fromkeys(one.strip() for one in patterns if one.strip()))
    if len(cleaned) > MAX_PATTERNS:
        raise InvalidSource(field, f"There can be {MAX_PATTERNS} patterns at the most.")
    for one in cleaned:
        if sentence := refuse_pattern(one):
            raise InvalidSource(field, f"{one}: {sentence}")
    return cleaned


def clean_hosts(hosts: Sequence[str]) -> list[str]:
    cleaned = list(
        dict.fromkeys(one.strip().lower().removeprefix("www.") for one in hosts if one.strip())
    )
    if len(cleaned) > _MOST_HOSTS:
        raise InvalidSource("hosts", f"There can be {_MOST_HOSTS} further hosts at the most.")
    for one in cleaned:
        if not is_host(one):
            raise InvalidSource("hosts", f"{one} is no host, such as docs.example.com.")
    return cleaned


def clean_schedule(schedule: str) -> str:
    if schedule not in SCHEDULES:
        raise InvalidSource("schedule", f"A schedule is one of {', '.join(SCHEDULES)}.")
    return schedule


def clean_page_cap(cap: int | None, settings: Settings) -> int:
    most = settings[SourceSettings].source_pages
    if cap is None:
        return most
    if not 1 <= cap <= most:
        raise InvalidSource("page_cap", f"It can be 1 to {most:,} pages.")
    return cap
