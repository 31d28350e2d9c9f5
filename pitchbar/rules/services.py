from collections.abc import Sequence
from typing import Any

from pitchbar.codes.destinations import clean_destination
from pitchbar.codes.errors import CodeNotFound
from pitchbar.codes.models import Code
from pitchbar.codes.services import tell_edges
from pitchbar.core import clock
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.rules.audit import describe_rules
from pitchbar.rules.drafts import RuleDraft, VariantDraft, find_wrong_destinations
from pitchbar.rules.errors import InvalidRules
from pitchbar.rules.models import Rule
from pitchbar.rules.queries import list_rules
from pitchbar.rules.routing import write_routing
from pitchbar.settings import Settings

_KEPT = (
    "position",
    "name",
    "match",
    "conditions",
    "destination_url",
    "split",
    "is_enabled",
)


def replace_rules(
    code: Code, by: Actor, settings: Settings, rules: Sequence[RuleDraft]
) -> list[Rule]:
    """Gives the code these rules in this order. A rule that names the id of one of this code's is
    that one, and keeps its figures; any other id is as none.

    Raises:
        InvalidRules, CodeNotFound: the code was deleted meanwhile.
    """
    _require_destinations(rules, settings)
    # Whoever changes them at the same time waits: what is said to have been before is true.
    db.session.refresh(code, with_for_update=True)
    if code.deleted_at:
        raise CodeNotFound
    earlier = list_rules(code)
    before, state = describe_rules(earlier), _state_of(earlier)
    kept = _place(code, earlier, rules, settings)
    db.session.flush()
    if _state_of(kept) == state:
        return kept
    code.routing = write_routing(kept)
    # Also where the edge sees no difference: whoever has read the code before sees one.
    code.updated_at = clock.now()
    _record(code, by, before, describe_rules(kept))
    return kept


def _state_of(rules: Sequence[Rule]) -> list[tuple[Any, ...]]:
    return [(rule.id, *(getattr(rule, name) for name in _KEPT)) for rule in rules]


def _require_destinations(rules: Sequence[RuleDraft], settings: Settings) -> None:
    fields: dict[str, str] = {}
    for number, draft in enumerate(rules):
        sent = draft.model_dump(include={"destination_url", "split"})
        fields |= find_wrong_destinations(f"rules.{number}", sent, settings)
    if fields:
        raise InvalidRules(fields)


def _place(
    code: Code, earlier: Sequence[Rule], drafts: Sequence[RuleDraft], settings: Settings
) -> list[Rule]:
    by_id, now = {rule.id: rule for rule in earlier}, clock.now()
    kept = []
    for position, draft in enumerate(drafts, 1):
        # A second one of the same id is a copy.
        rule = by_id.pop(draft.id, None) if draft.id else None
        if rule is None:
            rule = Rule(workspace_id=code.workspace_id, code_id=code.id)
            rule.created_at = rule.updated_at = now
            db.session.add(rule)
        _assign(rule, position, draft, settings)
        kept.append(rule)
    for rule in by_id.values():
        db.session.delete(rule)
    return kept


def _assign(rule: Rule, position: int, draft: RuleDraft, settings: Settings) -> None:
    url, split = draft.destination_url, draft.split
    values: dict[str, Any] = {
        "position": position,
        "name": draft.name,
        "match": draft.match,
        "conditions": [condition.stored() for condition in draft.conditions],
        "destination_url": clean_destination(url, settings) if url else "",
        "split": [_stored(variant, settings) for variant in split] if split else None,
        "is_enabled": draft.enabled,
    }
    for name, value in values.items():
        # What does not differ is not written, so the time of a rule's last change stays true.
        setattr(rule, name, value)


def _stored(variant: VariantDraft, settings: Settings) -> dict[str, Any]:
    url = clean_destination(variant.destination_url, settings)
    return {**variant.model_dump(), "destination_url": url}


def _record(code: Code, by: Actor, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Resolvers everywhere look again once this is committed."""
    db.session.flush()
    record_event("code.rules_changed", code, by=by, before=before, after=after)
    tell_edges([code])
