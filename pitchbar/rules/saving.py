"""Saves an edited list at once, unless somebody saved another one meanwhile."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from pitchbar.codes.models import Code
from pitchbar.errors import DomainError
from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.rules.drafts import read_rules
from pitchbar.rules.edited import EditedRules
from pitchbar.rules.models import Rule
from pitchbar.rules.queries import list_rules
from pitchbar.rules.services import replace_rules
from pitchbar.settings import Settings


class RulesChangedMeanwhile(DomainError):
    code = "rules_changed_meanwhile"

    def __init__(self) -> None:
        super().__init__(
            "Somebody else changed the rules of this code while you did. Save again to put yours "
            "in their place, or reload the page to see theirs."
        )


def save_rules(code: Code, by: Actor, settings: Settings, edited: EditedRules) -> list[Rule]:
    """Raises InvalidRules, RulesChangedMeanwhile, and CodeNotFound as `replace_rules` does."""
    drafts = read_rules(edited.as_json(), settings)
    # Two who save at once wait for each other here, so that the second one is told.
    db.session.refresh(code, with_for_update=True)
    if edited.version and edited.version != version_of(list_rules(code)):
        raise RulesChangedMeanwhile
    return replace_rules(code, by, settings, drafts)


def as_json(rule: Rule) -> dict[str, Any]:
    """A kept rule in the API's words."""
    leads: dict[str, Any] = {"destination_url": rule.destination_url}
    if rule.split:
        leads = {"split": rule.split}
    return {
        "id": rule.id,
        "name": rule.name,
        "enabled": rule.is_enabled,
        "match": rule.match,
        "conditions": rule.conditions,
        **leads,
    }


def version_of(rules: Sequence[Rule]) -> str:
    """Another one after each change of the list."""
    text = json.dumps([as_json(rule) for rule in rules], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
