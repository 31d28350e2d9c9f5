"""What is refused when a plan's limit is reached."""

from collections.abc import Callable

from pitchbar.errors import DomainError
from pitchbar.workspaces.plans import Plan, find_plan


class PlanLimitReached(DomainError):
    status = 402
    code = "plan_limit"

    def __init__(self, plan: Plan, noun: str, limit: int, count: int, advice: str) -> None:
        whole = f"All {limit} {noun}" if limit > 1 else f"The one {noun}"
        super().__init__(
            f"{whole} of the {plan.name} plan {'are' if limit > 1 else 'is'} in use. {advice}, "
            "or move to a larger plan."
        )
        self.details = {"limit": limit, "count": count}


def require_room_for_code(plan_key: str, count: Callable[[], int]) -> None:
    """Asked before a code becomes active; what is over a limit already stays, and redirects.

    Args:
        count: gives how many are active. Whoever asks has locked the workspace, so that nobody
            else takes the same place.

    Raises:
        PlanLimitReached
    """
    plan = find_plan(plan_key)
    if plan.codes is None:
        return
    active = count()
    if active >= plan.codes:
        raise PlanLimitReached(
            plan, "active codes", plan.codes, active, "Archive a code that you do not need"
        )


def require_room_for_domain(plan_key: str, count: Callable[[], int]) -> None:
    """Asked before a domain is added, by whoever has locked the workspace; those over a limit stay.

    Raises:
        PlanLimitReached
    """
    plan, used = find_plan(plan_key), count()
    if used >= plan.domains:
        noun = "domains" if plan.domains > 1 else "domain"
        raise PlanLimitReached(
            plan, noun, plan.domains, used, "Remove a domain that you do not need"
        )
