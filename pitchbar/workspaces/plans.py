"""What each plan allows. The limits belong to the workspace, so they stand here, below all that
asks for them; prices and payment are the business of whoever sells the plans. A limit comes in with
the feature that asks for it.
"""

from dataclasses import dataclass

FREE, STARTER, GROWTH, SCALE = "free", "starter", "growth", "scale"


@dataclass(frozen=True)
class Plan:
    key: str
    name: str
    members: int
    # Active ones; None is no limit.
    codes: int | None
    # Own short domains, proven or not.
    domains: int
    # Recorded in a month; further ones are led on.
    scans: int | None


PLANS = {
    plan.key: plan
    for plan in (
        Plan(FREE, "Free", 2, 5, 1, 1_000),
        Plan(STARTER, "Starter", 5, 50, 3, 25_000),
        Plan(GROWTH, "Growth", 15, 500, 10, 250_000),
        Plan(SCALE, "Scale", 50, None, 50, 2_500_000),
    )
}


def find_plan(key: str) -> Plan:
    """The plan of that key; Free for one that is not sold any more."""
    return PLANS.get(key, PLANS[FREE])
