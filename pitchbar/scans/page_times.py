"""A moment as a visitor reads it: in their language and way of writing, by the clock of the place
where the code hangs.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def describe_moment(milliseconds: int, time_zone: str, tag: str) -> dict[str, str]:
    """`date`, `time` and `place` for the texts of pages.

    Args:
        milliseconds: since 1970.
        tag: of a language, with a region where the browser names one, such as "en-gb".
    """
    # Imported here: an edge that shows no such page never loads it.
    from babel import Locale, UnknownLocaleError
    from babel.dates import format_date, format_time, get_timezone_location

    from pitchbar.core.time_zones import UTC as UTC_NAME
    from pitchbar.core.time_zones import is_time_zone

    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        locale = Locale.parse(tag.partition("-")[0])
    name = time_zone if is_time_zone(time_zone) else UTC_NAME
    at = datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(ZoneInfo(name))
    place = get_timezone_location(name, locale=locale, return_city=True) if "/" in name else name
    return {
        "date": format_date(at, "long", locale=locale),
        # In one line, as "4:00 pm" has a space.
        "time": format_time(at, "short", locale=locale).replace(" ", "\N{NO-BREAK SPACE}"),
        "place": place.rpartition("/")[2],
    }
