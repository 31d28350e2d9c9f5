"""Values of dimensions as people read them: names of codes, rules, countries, languages."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache

import idna
from babel import Locale, UnknownLocaleError
from sqlalchemy import select

from pitchbar.analytics.dimensions import Dimension
from pitchbar.codes.queries import names_of
from pitchbar.core.database import MAX_ID
from pitchbar.core.wording import country_name
from pitchbar.extensions import db
from pitchbar.rules.models import Rule
from pitchbar.scans.set_apart import SET_APART_LABELS
from pitchbar.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class ValueName:
    """`note` tells it from others of the same name."""

    name: str
    note: str = ""
    is_deleted: bool = False


Names = Mapping[str, ValueName]


def name_values(workspace: Workspace, dimension: Dimension, values: Collection[str]) -> Names:
    """For each of the values; the empty one is what scans are called that have none."""
    told = {value for value in values if value}
    found = _NAMERS.get(dimension.key, _name_as_written)(workspace, told)
    return {"": ValueName(dimension.unknown)} | {
        value: found.get(value, ValueName(value)) for value in told
    }


def _name_as_written(_workspace: Workspace, values: Collection[str]) -> Names:
    return {value: ValueName(value) for value in values}


def _name_codes(workspace: Workspace, values: Collection[str]) -> Names:
    ids = _ids(values)
    names = names_of(workspace, set(ids.values()))
    return {
        value: ValueName(names[number].name, names[number].short_code, names[number].is_deleted)
        for value, number in ids.items()
    }


def _name_rules(workspace: Workspace, values: Collection[str]) -> Names:
    ids = _ids(values)
    query = select(Rule).where(Rule.workspace_id == workspace.id, Rule.id.in_(ids.values()))
    rules = {rule.id: rule for rule in db.session.scalars(query)}
    codes = names_of(workspace, {rule.code_id for rule in rules.values()})
    gone = ValueName("A rule of before", is_deleted=True)
    return {
        value: ValueName(
            rules[number].name or f"Rule {rules[number].position}",
            codes[rules[number].code_id].name,
        )
        if number in rules
        else gone
        for value, number in ids.items()
    }


def _name_domains(_workspace: Workspace, values: Collection[str]) -> Names:
    return {value: ValueName(_plain_host(value)) for value in values}


def _plain_host(host: str) -> str:
    try:
        return idna.decode(host)
    except (idna.IDNAError, UnicodeError):
        return host


def _name_countries(_workspace: Workspace, values: Collection[str]) -> Names:
    return {value: ValueName(country_name(value)) for value in values}


def _name_languages(_workspace: Workspace, values: Collection[str]) -> Names:
    return {value: ValueName(_language(value)) for value in values}


@cache
def _language(tag: str) -> str:
    """ "en-GB" as "English (United Kingdom)"; what is no tag of a language stays as it is."""
    try:
        name = Locale.parse(tag, sep="-").get_display_name("en")
    except (ValueError, UnknownLocaleError):
        return tag
    return name or tag


def _name_devices(_workspace: Workspace, values: Collection[str]) -> Names:
    return {value: ValueName(value.capitalize()) for value in values}


def _name_reasons(_workspace: Workspace, values: Collection[str]) -> Names:
    labels = {value: SET_APART_LABELS.get(value, value) for value in values}
    return {value: ValueName(label[:1].upper() + label[1:]) for value, label in labels.items()}


def _ids(values: Collection[str]) -> dict[str, int]:
    """Of those that are ids at all."""
    return {
        value: int(value)
        for value in values
        if value.isascii() and value.isdigit() and len(value) < 19 and int(value) <= MAX_ID
    }


_NAMERS: Mapping[str, Callable[[Workspace, Collection[str]], Names]] = {
    "code": _name_codes,
    "rule": _name_rules,
    "domain": _name_domains,
    "country": _name_countries,
    "language": _name_languages,
    "device": _name_devices,
    "reason": _name_reasons,
}
