"""What is refused when a plan's limit is reached."""

from collections.abc import Callable

from pitchbar.errors import DomainError
from pitchbar.workspaces.plans import Limit, Plan, find_plan


class PlanLimitReached(DomainError):
    status = 402
    code = "plan_limit"

    def __init__(self, plan: Plan, limit: Limit, most: int, count: int) -> None:
        super().__init__(full_sentence(plan, limit, most))
        self.details = {"limit": most, "count": count, "limit_name": limit.key}


def full_sentence(plan: Plan, limit: Limit, most: int) -> str:
    """That a limit is reached, and what can be done."""
    if most == 0:
        return f"The {plan.name} plan has no {limit.many}. Move to a larger plan to add one."
    whole = f"All {most:,} {limit.many}" if most > 1 else f"The one {limit.one}"
    verb = "are" if most > 1 else "is"
    return (
        f"{whole} of the {plan.name} plan {verb} in use. {limit.advice}, or move to a larger plan."
    )


def require_room(plan_key: str, limit: Limit, count: Callable[[], int], *, more: int = 1) -> None:
    """Asked before `more` come; what is over a limit already stays.

    Args:
        count: gives how many there are; not asked where the plan has no limit. Where places are
            taken, whoever asks has locked the workspace, so that nobody takes the same place.

    Raises:
        PlanLimitReached
    """
    plan = find_plan(plan_key)
    most = plan.most(limit)
    if most is None:
        return
    used = count()
    if used + more > most:
        raise PlanLimitReached(plan, limit, most, used)


def most_within(plan_key: str, limit: Limit, ceiling: int) -> int:
    """The plan's limit, or the installation's own where that is less."""
    most = find_plan(plan_key).most(limit)
    return ceiling if most is None else min(most, ceiling)


def find_lack(plan_key: str, limit: Limit, count: Callable[[], int]) -> str:
    """What `require_room` would say, before anybody has typed anything; empty: there is room."""
    try:
        require_room(plan_key, limit, count)
    except PlanLimitReached as error:
        return error.message
    return ""
