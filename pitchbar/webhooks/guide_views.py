"""`/docs/webhooks`: how to receive what we send, with receivers to copy."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Response

from pitchbar.accounts.access import open_to_all
from pitchbar.core.htmx import render
from pitchbar.events.outward import list_outward
from pitchbar.settings import current_settings
from pitchbar.webhooks.settings import WebhookSettings, read_waits

bp = Blueprint("webhook_guide", __name__, url_prefix="/docs/webhooks")

SAMPLES = Path(__file__).parent / "samples"
_LANGUAGES = {"python": "Python", "javascript": "JavaScript", "php": "PHP"}
_FILES = {"python": "receiver.py", "javascript": "receiver.mjs", "php": "receiver.php"}


@dataclass(frozen=True)
class Sample:
    key: str
    language: str
    file: str
    text: str


@bp.get("")
@open_to_all
def show() -> Response:
    settings = current_settings()[WebhookSettings]
    examples = [
        (one, json.dumps(_message(one.name, one.example), indent=2)) for one in list_outward()
    ]
    return render(
        "webhooks/guide.html",
        samples=read_samples(),
        events=examples,
        settings=settings,
        waits=[say_seconds(one) for one in read_waits(settings.webhook_waits)],
    )


@cache
def read_samples() -> tuple[Sample, ...]:
    """The very files that the tests run."""
    return tuple(
        Sample(key, language, _FILES[key], (SAMPLES / f"{_FILES[key]}.txt").read_text())
        for key, language in _LANGUAGES.items()
    )


def say_seconds(seconds: float) -> str:
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"


def _message(name: str, data: object) -> dict[str, object]:
    at = "2026-03-02T09:15:00.512000Z"
    return {"type": name, "timestamp": at, "workspace": "corner-cafe", "data": data}
