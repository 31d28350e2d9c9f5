"""What differs between two versions of an agent, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pitchbar.agents.config import AgentConfig
from pitchbar.agents.triggers import trigger_words

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NONE = "—"


@dataclass(frozen=True)
class Difference:
    label: str
    before: str
    after: str


def differences(
    before: AgentConfig, after: AgentConfig, source_names: Mapping[int, str]
) -> list[Difference]:
    """In the order of the form."""
    old, new = _worded(before, source_names), _worded(after, source_names)
    return [Difference(label, old[label], new[label]) for label in new if old[label] != new[label]]


def _worded(config: AgentConfig, source_names: Mapping[int, str]) -> dict[str, str]:
    return {label: say(config, source_names) for label, say in _FIELDS.items()}


Say = Callable[[AgentConfig, Mapping[int, str]], str]


def _plain(name: str) -> Say:
    return lambda config, _names: str(getattr(config, name) or _NONE)


def _choice(name: str, words: Mapping[str, str]) -> Say:
    return lambda config, _names: words[getattr(config, name)]


def _yes(read: Callable[[AgentConfig], bool]) -> Say:
    return lambda config, _names: "Yes" if read(config) else "No"


def _sources(config: AgentConfig, names: Mapping[int, str]) -> str:
    if config.source_ids is None:
        return "All sources, also those that come later"
    return ", ".join(names.get(one, f"deleted ({one})") for one in config.source_ids) or _NONE


def _hours(config: AgentConfig, _names: Mapping[int, str]) -> str:
    if config.hours is None:
        return "Always"
    return (
        ", ".join(f"{DAYS[one.day]} {one.opens} to {one.closes}" for one in config.hours) or "Never"
    )


def _threshold(config: AgentConfig, _names: Mapping[int, str]) -> str:
    return "The usual" if config.threshold is None else f"{config.threshold:.2f}"


def _triggers(config: AgentConfig, _names: Mapping[int, str]) -> str:
    return "\n".join(trigger_words(one) for one in config.triggers) or _NONE


def _consent(config: AgentConfig) -> str:
    return " · ".join(part for part in (config.consent.text, config.consent.url) if part)


TONES = {"friendly": "Friendly", "neutral": "Neutral", "formal": "Formal"}
THEMES = {"auto": "As the visitor's device", "light": "Light", "dark": "Dark"}
POSITIONS = {"right": "Bottom right", "left": "Bottom left"}
ICONS = {"message": "Speech bubble", "question": "Question mark", "spark": "Spark"}

_FIELDS: Mapping[str, Say] = {
    "Name": _plain("name"),
    "Who it is": _plain("persona"),
    "Tone": _choice("tone", TONES),
    "Instructions": _plain("instructions"),
    "Language": lambda config, _names: config.language or "The visitor's",
    "Greeting": _plain("greeting"),
    "Questions to start with": lambda config, _names: " · ".join(config.starters) or _NONE,
    "Sources": _sources,
    "How sure it must be": _threshold,
    "When it does not know": _plain("refusal"),
    "Offers a person": _yes(lambda config: config.offers_person),
    "Offers the contact form": _yes(lambda config: config.lead_form.is_offered),
    "Contact form asks for a name": _yes(lambda config: config.lead_form.asks_name),
    "Contact form asks for a phone number": _yes(lambda config: config.lead_form.asks_phone),
    "Words above the contact form": lambda config, _names: config.lead_form.intro or _NONE,
    "Asks before the chat": lambda config, _names: _consent(config) or _NONE,
    "Business hours": _hours,
    "Theme": _choice("theme", THEMES),
    "Colour": _plain("accent"),
    "Position": _choice("position", POSITIONS),
    "Launcher": _choice("launcher_icon", ICONS),
    "Words on the launcher": _plain("launcher_label"),
    "Speaks first": _triggers,
}
