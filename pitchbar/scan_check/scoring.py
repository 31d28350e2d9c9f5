"""From what was survived to a figure and a verdict."""

from collections.abc import Sequence

from pitchbar.scan_check.reports import DamageKind, Survival, Verdict

# What happens most often to printed symbols weighs most. They add up to 100.
WEIGHTS: dict[DamageKind, int] = {
    "perspective": 15,
    "rotation": 5,
    "blur": 18,
    "noise": 8,
    "low_light": 14,
    "contrast": 12,
    "cover": 8,
    "size": 14,
    "curve": 6,
}
# Below it, or where one kind is not survived at all, a symbol is weak.
PASSES_FROM = 68


def score_of(survivals: Sequence[Survival]) -> int:
    total = sum(WEIGHTS[one.kind] for one in survivals)
    got = sum(WEIGHTS[one.kind] * one.survived / one.levels for one in survivals)
    return round(100 * got / total)


def verdict_of(score: int, survivals: Sequence[Survival], *, fails: bool, weak: bool) -> Verdict:
    if fails:
        return "fails"
    lost = any(one.survived == 0 for one in survivals)
    return "weak" if weak or lost or score < PASSES_FROM else "passes"
