"""Makes rules as a person would."""

from typing import Any

from pitchbar.codes.models import Code
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.rules.drafts import read_rules
from pitchbar.rules.models import Rule
from pitchbar.rules.services import replace_rules
from pitchbar.settings import current_settings

ELSEWHERE = "https://destination.example/elsewhere"


def make_rules(code: Code, *rules: dict[str, Any]) -> list[Rule]:
    """Gives the code these rules, each to ELSEWHERE unless it says more; commits."""
    settings = current_settings()
    sent = [rule if "split" in rule else {"destination_url": ELSEWHERE, **rule} for rule in rules]
    made = replace_rules(code, SYSTEM, settings, read_rules(sent, settings))
    db.session.commit()
    return made
