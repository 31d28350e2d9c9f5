import re
from collections.abc import Mapping
from typing import Any

from flask import request
from wtforms import BooleanField, FloatField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from pitchbar.agents.changes import DAYS, ICONS, POSITIONS, THEMES, TONES
from pitchbar.agents.config import AgentConfig, ConsentLine, LeadForm, OpenHours
from pitchbar.agents.trigger_rows import rows_of, rows_typed, triggers_of, with_errors
from pitchbar.errors import DomainError
from pitchbar.forms import Form, NoControlCharacters, SelectChoice, strip

ALL, CHOSEN = "all", "chosen"
ALWAYS, SOMETIMES = "always", "sometimes"


def lines_of(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _choices(words: dict[str, str]) -> list[Any]:
    return [SelectChoice(value, label) for value, label in words.items()]


def _line(label: str) -> StringField:
    return StringField(label, filters=[strip], validators=[NoControlCharacters()], default="")


class NewAgentForm(Form):
    """The services say what is wrong with what was typed."""

    name = _line("Name")
    scope = RadioField(
        "What it knows",
        choices=[
            SelectChoice(ALL, "All sources, also those that come later"),
            SelectChoice(CHOSEN, "Only these"),
        ],
        default=ALL,
    )

    def source_ids(self) -> tuple[int, ...] | None:
        """Those that are ticked; None where all are wanted."""
        if self.scope.data != CHOSEN:
            return None
        ticked = request.form.getlist("source_ids")
        return tuple(int(one) for one in ticked if re.fullmatch(r"[0-9]{1,18}", one))


class AgentForm(NewAgentForm):
    persona = TextAreaField("Who it is", default="")
    tone = RadioField("Tone", choices=_choices(TONES), default="friendly")
    instructions = TextAreaField("What it keeps to", default="")
    language = _line("Language of its answers")
    greeting = TextAreaField("Greeting", default="")
    starters = TextAreaField("Questions to start with", default="")
    threshold = FloatField("How sure it must be", validators=[Optional()])
    refusal = TextAreaField("When it does not know", default="")
    offers_person = BooleanField("Offer a person")
    offers_form = BooleanField("Offer the contact form")
    asks_name = BooleanField("Ask for a name")
    asks_phone = BooleanField("Ask for a phone number")
    lead_intro = TextAreaField("Words above the contact form", default="")
    consent_text = TextAreaField("Words to agree to", default="")
    consent_url = _line("Where more is said")
    open_when = RadioField(
        "When somebody is there",
        choices=[SelectChoice(ALWAYS, "Always"), SelectChoice(SOMETIMES, "At these hours")],
        default=ALWAYS,
    )
    theme = SelectField("Theme", choices=_choices(THEMES), default="auto")
    accent = _line("Colour")
    position = SelectField("Position", choices=_choices(POSITIONS), default="right")
    launcher_icon = SelectField("Launcher", choices=_choices(ICONS), default="message")
    launcher_label = _line("Words beside it")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trigger_rows = rows_typed()

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Also whether each row of the triggers chooses what is offered."""
        is_valid = bool(super().validate(*args, **kwargs))
        return is_valid and not any(row.errors for row in self.trigger_rows)

    @property
    def is_refused(self) -> bool:
        wrong = any(row.errors for row in self.trigger_rows)
        return bool(self.errors or self.form_errors or wrong)

    def take_errors(self, error: DomainError) -> None:
        """What is wrong with a trigger stands in its row."""
        rows = {name: one for name, one in error.fields.items() if name.startswith("triggers.")}
        self.trigger_rows = with_errors(self.trigger_rows, rows)
        error.fields = {name: one for name, one in error.fields.items() if name not in rows}
        if error.fields or not rows:
            super().take_errors(error)
        self.http_status = error.status

    def show(self, config: AgentConfig) -> None:
        """Fills it with an agent's draft."""
        self.trigger_rows = rows_of(config.triggers)
        for name in _SAME:
            self[name].data = getattr(config, name)
        self.scope.data = ALL if config.source_ids is None else CHOSEN
        self.starters.data = "\n".join(config.starters)
        form = config.lead_form
        self.offers_form.data, self.asks_name.data = form.is_offered, form.asks_name
        self.asks_phone.data, self.lead_intro.data = form.asks_phone, form.intro
        self.consent_text.data, self.consent_url.data = config.consent.text, config.consent.url
        self.open_when.data = ALWAYS if config.hours is None else SOMETIMES

    def values(self) -> dict[str, Any]:
        """For the service."""
        return {
            **{name: self[name].data for name in _SAME},
            "source_ids": self.source_ids(),
            "starters": tuple(lines_of(self.starters.data)),
            "lead_form": LeadForm(
                is_offered=self.offers_form.data,
                asks_name=self.asks_name.data,
                asks_phone=self.asks_phone.data,
                intro=self.lead_intro.data or "",
            ),
            "consent": ConsentLine(
                text=self.consent_text.data or "", url=self.consent_url.data or ""
            ),
            "hours": hours_typed() if self.open_when.data == SOMETIMES else None,
            "triggers": triggers_of(self.trigger_rows),
        }


_SAME = (
    *("name", "persona", "tone", "instructions", "language", "greeting", "threshold", "refusal"),
    *("offers_person", "theme", "accent", "position", "launcher_icon", "launcher_label"),
)


def hours_typed() -> tuple[OpenHours, ...]:
    """Of the days that are ticked, just as they were typed."""
    return tuple(
        OpenHours(
            day=day,
            opens=request.form.get(f"opens-{day}", "").strip()[:5],
            closes=request.form.get(f"closes-{day}", "").strip()[:5],
        )
        for day in range(len(DAYS))
        if request.form.get(f"day-{day}")
    )


class AccessForm(Form):
    allowed_origins = TextAreaField("Sites that may show it", default="")
    restricted_paths = TextAreaField("Paths where it does not show itself", default="")

    def values(self) -> dict[str, list[str]]:
        return {
            "allowed_origins": lines_of(self.allowed_origins.data),
            "restricted_paths": lines_of(self.restricted_paths.data),
        }


def look_typed(typed: Mapping[str, str]) -> AgentConfig:
    """Of the form; only what is seen, and nothing that could not be shown."""
    words = {"name": 80, "greeting": 300, "launcher_label": 40}
    values: dict[str, Any] = {name: typed.get(name, "")[:most] for name, most in words.items()}
    choices = {"theme": THEMES, "position": POSITIONS, "launcher_icon": ICONS}
    values |= {name: typed[name] for name, known in choices.items() if typed.get(name) in known}
    if re.fullmatch(r"#[0-9a-fA-F]{6}", typed.get("accent", "")):
        values["accent"] = typed["accent"]
    values["starters"] = tuple(line[:120] for line in lines_of(typed.get("starters"))[:6])
    values["language"] = typed.get("language", "")[:12]
    values["offers_person"] = "offers_person" in typed
    values["lead_form"] = LeadForm(
        is_offered="offers_form" in typed,
        asks_name="asks_name" in typed,
        asks_phone="asks_phone" in typed,
        intro=typed.get("lead_intro", "")[:300],
    )
    return AgentConfig(**values)
