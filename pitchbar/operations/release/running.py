"""Makes all checks in turn. One that breaks is a failed one, and ends no other."""

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import current_app

from pitchbar.core.checks import GROUPS, Check, Circumstances, State, failed
from pitchbar.core.features import Feature
from pitchbar.extensions import db

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Result:
    """What one check found, and how many milliseconds that took."""

    name: str
    title: str
    group: str
    state: State
    sentence: str
    remedy: str
    ms: int


def list_checks() -> list[Check]:
    """Of all features, in the order in which they are made."""
    features: Iterable[Feature] = current_app.extensions["features"]
    found = [check for feature in features for check in feature.checks]
    return sorted(found, key=lambda check: (GROUPS.index(check.group), check.position))


def make_checks(checks: Iterable[Check], circumstances: Circumstances) -> Iterator[Result]:
    """Each as soon as it is made."""
    for check in checks:
        yield make_check(check, circumstances)


def make_check(check: Check, circumstances: Circumstances) -> Result:
    began = time.monotonic()
    try:
        found = check.look(circumstances)
    except Exception as error:
        log.exception("the check %s broke", check.name)
        lines = str(error).splitlines() or [""]
        found = failed(
            f"The check itself broke: {type(error).__name__}: {lines[0][:300]}",
            "Mend what failed before it; the log has the whole of it.",
        )
    finally:
        # What it left open, or broke, is none of the next one's business.
        db.session.rollback()
    ms = round((time.monotonic() - began) * 1000)
    return Result(
        check.name, check.title, check.group, found.state, found.sentence, found.remedy, ms
    )


def has_passed(results: Iterable[Result]) -> bool:
    """Whether nothing failed; what is skipped or warned of holds nothing up."""
    return all(one.state != "failed" for one in results)
