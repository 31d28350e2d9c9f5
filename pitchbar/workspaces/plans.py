"""What each plan allows. The limits belong to the workspace, so they stand here, below all that
asks for them; prices and payment are the business of whoever sells the plans.
"""

from dataclasses import dataclass

FREE, STARTER, GROWTH, SCALE = "free", "starter", "growth", "scale"


@dataclass(frozen=True)
class Plan:
    """Limits; None is no limit. `scans` and `conversations` are for a calendar month."""

    key: str
    name: str
    price_cents: int
    active_codes: int | None
    scans: int
    conversations: int | None
    agents: int
    sources: int
    pages: int
    members: int


PLANS = {
    plan.key: plan
    for plan in (
        Plan(FREE, "Free", 0, 5, 1_000, 100, 1, 3, 100, 2),
        Plan(STARTER, "Starter", 1_900, 50, 25_000, 500, 2, 10, 500, 5),
        Plan(GROWTH, "Growth", 7_900, 500, 250_000, 3_000, 5, 50, 2_000, 15),
        Plan(SCALE, "Scale", 24_900, None, 2_500_000, None, 25, 250, 10_000, 50),
    )
}


def find_plan(key: str) -> Plan:
    """The plan of that key; Free for one that is not sold any more."""
    return PLANS.get(key, PLANS[FREE])
