"""Why a scan counts as no person, in the words that people read."""

from pitchbar.scans.robots import ROBOT_LABELS

HEAD = "head"
REPEAT = "repeat"
OWN = "own"
OVER_LIMIT = "over_limit"

SET_APART_LABELS = ROBOT_LABELS | {
    REPEAT: "the same phone again within seconds",
    OWN: "opened from Pitchbar's own pages",
    OVER_LIMIT: "more than one address may count in a minute",
}


def is_robot(reason: str | None) -> bool:
    """Whether a program made the scan, rather than somebody whom we do not count again."""
    return reason is not None and reason not in (REPEAT, OWN, OVER_LIMIT)
