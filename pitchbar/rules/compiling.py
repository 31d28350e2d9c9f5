"""The rules of a code as the edge asks them: compiled once for each edit, then only looked up.

What is kept as JSON becomes tables (`rules/tables.py`) and, for each rule, the bits that must hold.
Visitors for whom the same conditions hold are led by the same rule, so that is looked up, too. No
query, no parse and no regular expression stands between a visit and its rule.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

import orjson

from pitchbar.core.tagging import set_utm
from pitchbar.core.utm import Utm
from pitchbar.rules.days import Calendar, Day
from pitchbar.rules.dimensions import AGENT, SCANS, SEEN, Dimensions
from pitchbar.rules.splitting import draw
from pitchbar.rules.visits import Visit, read_agent

log = logging.getLogger(__name__)
# Compiled sets that are kept; those that the resolver holds live on by themselves.
_KEPT = 1024
# Of one set, different answers to all of its questions that are remembered.
_MOST_DECIDED = 512
_NO_UTM = Utm()


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a rule leads. `location` and `utm` are those of a scan without a query."""

    destination: str
    defaults: Utm
    forward_parameters: bool
    location: str
    utm: Utm


class Choice(NamedTuple):
    """The rule that fired; `variant` is -1 where it has one destination."""

    rule_id: int
    variant: int
    target: Destination


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule would take a visit or not: for each of its conditions, whether it holds."""

    rule_id: int
    is_match: bool
    conditions: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class _Lead:
    """Where a rule leads: to one choice, or to one for each variant."""

    rule_id: int
    choices: tuple[Choice, ...]
    # Sums of the weights so far; empty for a rule with one destination.
    limits: tuple[int, ...]


_NOWHERE = _Lead(0, (), ())


class _Rule(NamedTuple):
    bits: int
    is_any: bool
    lead: _Lead
    # The places of the bits of its conditions, in their order.
    conditions: tuple[int, ...]


class CompiledRules:
    """Args:
    rules: as `codes.routing` holds them, parsed.
    time_zone: the workspace's, for days and for windows that name no zone.
    """

    def __init__(
        self, rules: list[dict[str, Any]], time_zone: str, defaults: Utm, forward_parameters: bool
    ) -> None:
        self._calendar = Calendar(time_zone)
        self._defaults = defaults
        self._forward_parameters = forward_parameters
        self._dimensions = Dimensions(time_zone)
        self._rules = tuple(self._compile_all(rules))
        self._dimensions.freeze()
        # The rule that fires, by the bits that hold.
        self._decided: dict[int, _Lead] = {}
        asked = self._dimensions.asked
        self.asks_agent = AGENT in asked
        # Whether any rule asks if a visitor was here today, or how many scans came before: then
        # each scan of the code must be remembered.
        self.asks_seen, self.asks_scans = SEEN in asked, SCANS in asked
        self.asks_state = self.asks_seen or self.asks_scans

    def choose(self, visit: Visit, key: bytes) -> Choice | None:
        """The first rule that matches, or None.

        Args:
            key: of `split_key`.
        """
        held = self._dimensions.find_held(visit)
        lead = self._decided.get(held) or self._decide(held)
        if not lead.limits:
            return lead.choices[0] if lead.choices else None
        day = self.day_of(visit.now_ms).name
        return lead.choices[draw(key, lead.rule_id, day, visit.identity(), lead.limits)]

    def _decide(self, held: int) -> _Lead:
        lead = next((rule.lead for rule in self._rules if _is_met(held, rule)), _NOWHERE)
        if len(self._decided) >= _MOST_DECIDED:
            self._decided.clear()
        self._decided[held] = lead
        return lead

    def explain(self, visit: Visit) -> list[Reason]:
        """Of each rule, whether it would take the visit if it came to it."""
        held = self._dimensions.find_held(visit)
        return [
            Reason(
                rule.lead.rule_id,
                _is_met(held, rule),
                tuple(bool(held >> place & 1) for place in rule.conditions),
            )
            for rule in self._rules
        ]

    def sift(self, visit: Visit, unsure: int) -> Iterator[tuple[int, bool]]:
        """The rules that take the visit, in their order, up to the first that does for sure: each
        with whether it is sure.

        Args:
            unsure: bits of conditions of which it is not known whether they hold.
        """
        held = self._dimensions.find_held(visit) & ~unsure
        for rule in self._rules:
            if _is_met(held, rule):
                yield rule.lead.rule_id, True
                return
            if unsure and _is_met(held | unsure, rule):
                yield rule.lead.rule_id, False

    def bits_by_rule(self) -> dict[int, tuple[int, ...]]:
        """The bit of each of its conditions, by the rule's id; the same condition has one bit."""
        return {
            rule.lead.rule_id: tuple(1 << place for place in rule.conditions)
            for rule in self._rules
        }

    def day_of(self, now_ms: int) -> Day:
        """The workspace's day."""
        return self._calendar.day_of(now_ms)

    def _compile_all(self, rules: list[dict[str, Any]]) -> Iterator[_Rule]:
        for rule in rules:
            try:
                yield self._compile(rule)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                # The rest still leads; who wrote this one was a newer release, or no release.
                log.error("a rule cannot be read and is left out: %r", error)

    def _compile(self, rule: dict[str, Any]) -> _Rule:
        conditions = [self._dimensions.add(one) for one in rule["conditions"]]
        bits = 0
        for bit in conditions:
            bits |= bit
        places = tuple(bit.bit_length() - 1 for bit in conditions)
        return _Rule(bits, rule["match"] == "any", self._lead(rule), places)

    def _lead(self, rule: dict[str, Any]) -> _Lead:
        rule_id, split = rule["id"], rule.get("split")
        if not split:
            return _Lead(rule_id, (Choice(rule_id, -1, self._target(rule["destination_url"])),), ())
        targets = [self._target(variant["destination_url"]) for variant in split]
        choices = tuple(Choice(rule_id, number, target) for number, target in enumerate(targets))
        weights = [int(variant["weight"]) for variant in split]
        if min(weights) < 1:
            raise ValueError(f"weights of {weights}")
        return _Lead(rule_id, choices, tuple(accumulate(weights)))

    def _target(self, url: str) -> Destination:
        location, utm = set_utm(url, self._defaults, [])
        return Destination(url, self._defaults, self._forward_parameters, location, utm)


def _is_met(held: int, rule: _Rule) -> bool:
    met = held & rule.bits
    return met == rule.bits or (rule.is_any and met != 0)


@lru_cache(maxsize=_KEPT)
def compile_rules(
    routing: str, time_zone: str, defaults: Utm = _NO_UTM, forward_parameters: bool = False
) -> CompiledRules:
    """Rules that cannot be read are none: the code then leads where it led without them."""
    try:
        rules = orjson.loads(routing)
    except ValueError as error:
        log.error("the rules of a code cannot be read: %s", error)
        rules = []
    known = rules if isinstance(rules, list) else []
    compiled = CompiledRules(known, time_zone, defaults, forward_parameters)
    if compiled.asks_agent:
        # The first agent takes a tenth of a second, which is better spent here than by a visitor.
        read_agent("Mozilla/5.0")
    return compiled
