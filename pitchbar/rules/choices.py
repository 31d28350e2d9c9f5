"""What the conditions of a rule are chosen from, under the names that people know."""

from functools import cache

from babel import Locale, UnknownLocaleError

from pitchbar.core.wording import country_name
from pitchbar.rules.values import list_countries

# Each as several of them are called, and as one is.
DEVICES = {
    "phone": ("phones", "a phone"),
    "tablet": ("tablets", "a tablet"),
    "desktop": ("computers", "a computer"),
    "tv": ("TVs", "a TV"),
    "console": ("game consoles", "a game console"),
    "watch": ("watches", "a watch"),
    "headset": ("headsets", "a headset"),
}
WEEKDAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
KINDS = {
    "device": "Device",
    "country": "Country",
    "language": "Language",
    "time": "Days and time",
    "date": "Dates",
    "os": "System",
    "browser": "Browser or app",
    "parameter": "Parameter of the link",
    "scans": "Number of scans",
    "visitor": "New or seen today",
}
# Kinds that ask whether something is in a list.
LISTED = ("device", "country", "language", "os", "browser")
# Those that most scans come with; any other name may be typed.
SYSTEMS = ("iOS", "Android", "Windows", "macOS", "Linux", "ChromeOS")
BROWSERS = ("Safari", "Chrome", "Firefox", "Edge", "Samsung Internet", "Instagram", "Facebook")
# Of countries: how their name begins, how it ends, or which they are.
_WITH_ARTICLE = (
    "United ",
    (" Islands", " Republic", " Territories"),
    ("BS", "GM", "KM", "MV", "NL", "PH"),
)
# With their regions only where a site is likely to have a page of its own for them.
_REGIONAL = ("de-AT", "de-CH", "en-GB", "en-US", "es-MX", "fr-CA", "fr-CH", "nl-BE", "pt-BR")
_SCRIPTS = ("zh-Hans", "zh-Hant")


@cache
def countries() -> tuple[tuple[str, str], ...]:
    """Code and name, by name."""
    return _by_name({code: country_name(code) for code in list_countries()})


def country_said(code: str) -> str:
    """As it stands in a sentence: "the United Kingdom"."""
    name = country_name(code)
    has_article = name.startswith(_WITH_ARTICLE[0]) or name.endswith(_WITH_ARTICLE[1])
    return f"the {name}" if has_article or code in _WITH_ARTICLE[2] else name


@cache
def languages() -> tuple[tuple[str, str], ...]:
    """Tag and name, by name: every language of two letters, and what is often told apart."""
    known = [tag for tag in map(str, Locale("en").languages) if len(tag) == 2]
    return _by_name({tag: language_name(tag) for tag in (*known, *_REGIONAL, *_SCRIPTS)})


@cache
def language_name(tag: str) -> str:
    """ "pt-BR" as "Portuguese (Brazil)"; a tag that nobody named stays as it is."""
    names, regions = Locale("en").languages, Locale("en").territories
    first, *others = tag.split("-")
    language = names.get(first.lower())
    if language is None:
        return tag
    try:
        name = Locale.parse(tag, sep="-").get_display_name("en")
    except (UnknownLocaleError, ValueError):
        name = None
    region = ", ".join(regions.get(one.upper(), one) for one in others)
    return name or (f"{language} ({region})" if region else language)


def _by_name(found: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(found.items(), key=lambda pair: pair[1].casefold()))
