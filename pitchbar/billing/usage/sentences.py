"""Usage and its forecast in a person's words."""

import math
from datetime import date

from pitchbar.billing.usage.forecasting import Forecast
from pitchbar.workspaces.plans import Limit


def forecast_sentence(
    limit: Limit, used: int, most: int | None, found: Forecast | None, last: date
) -> str:
    if most is not None and used >= most:
        return ""
    if found is None:
        return "A forecast comes after a week with something to count."
    low, high = max(used, _round(found.low, is_up=False)), _round(found.high, is_up=True)
    about = f"About {low:,} to {high:,}" if low < high else f"About {high:,}"
    about += f" by {day_words(last)}"
    if most is None:
        return f"{about}."
    if found.hit_first is None:
        return f"{about}: the plan has room for that."
    if found.hit_last is None:
        return f"{about}. The limit may be reached from {day_words(found.hit_first)} on."
    if found.hit_first == found.hit_last:
        return f"The limit will be reached about {day_words(found.hit_first)}."
    return (
        f"The limit will be reached between {day_words(found.hit_first)} and "
        f"{day_words(found.hit_last)}."
    )


def over_sentence(limit: Limit, used: int, most: int) -> str:
    """What is more than the plan has, as a line of the notice."""
    return f"{used:,} {limit.noun(used)}, and the plan has {most:,}. {limit.at_limit}"


def day_words(day: date) -> str:
    """As in "24 November"."""
    return f"{day.day} {day:%B}"


def _round(value: int, *, is_up: bool) -> int:
    """To two figures that count, down or up: more would pretend to be known."""
    if value < 100:
        return value
    step = int("1".ljust(len(str(value)) - 1, "0"))
    return (math.ceil(value / step) if is_up else value // step) * step
