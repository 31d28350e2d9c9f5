"""What a number is of, on which side of it, and how often: "$5" is not "5 €", "72 hours" is not "72
minutes", "> 5" is not "< 5", "-5" is not "5", and "5 a day" is not "5 a week".
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from functools import lru_cache

from pitchbar.answers.facts import NUMBER_WORDS, numbers_of

_UNITS = {
    "$": "dollar dollars",
    "€": "euro euros",
    "£": "pound pounds",
    "¥": "yen",
    "%": "percent prozent procent",
}
_TIMES = {
    "millisecond": "ms milliseconds millisekunde millisekunden milisegundo milisegundos",
    "second": "s sec secs seconds sekunde sekunden segundo segundos seconde secondes",
    "minute": "min mins minutes minuten minuto minutos",
    "hour": "h hr hrs hours stunde stunden std hora horas heure heures",
    "day": "d days tag tage tagen día días dia dias jour jours",
    "week": "weeks woche wochen semana semanas semaine semaines",
    "month": "months monat monate monaten mes meses mois",
    "year": "yr yrs years jahr jahre jahren año años ans année années",
    "decade": "decades jahrzehnt jahrzehnte década décadas décennie décennies",
    "century": "centuries jahrhundert jahrhunderte siglo siglos siècle siècles",
}
_SIZES = {
    "byte": "bytes octet octets",
    "kilobyte": "kb kib kilobytes",
    "megabyte": "mb mib megabytes",
    "gigabyte": "gb gib gigabytes",
    "terabyte": "tb tib terabytes",
    "millimetre": "mm millimeter millimetres millimeters",
    "centimetre": "cm centimeter centimetres centimeters",
    "metre": "m meter metres meters metro metros mètre mètres",
    "kilometre": "km kilometer kilometres kilometers",
    "mile": "miles meile meilen milla millas",
    "foot": "feet ft",
    "inch": "inches",
    "milligram": "mg milligrams",
    "gram": "g grams gramm",
    "kilogram": "kg kilo kilos kilograms kilogramm",
    "tonne": "tonnes ton tons tonnen",
    "millilitre": "ml millilitres milliliters",
    "litre": "l liter litres liters litro litros",
    "celsius": "°c",
    "fahrenheit": "°f",
}
_SIDES = {"<": "less", "≤": "less", ">": "more", "≥": "more"}


def _by_word(named: Mapping[str, str]) -> dict[str, str]:
    return {word: name for name, words in named.items() for word in (name, *words.split())}


def _any_of(words: Set[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_SIGN_OF = _by_word(_UNITS)
_TIME_OF = _by_word(_TIMES)
_MEASURE_OF = {**_TIME_OF, **_by_word(_SIZES)}
_MEASURED = _any_of({word for word in _SIGN_OF if word.isalpha()} | _MEASURE_OF.keys())
_DIGITS = r"\d[\d.,'\u2019]*"
# "Three more days", "five working days".
_BETWEEN = (
    "more|further|other|additional|extra|full|whole|working|business|calendar|consecutive|weitere[nr]?"
    "|volle[nr]?|ganze[nr]?"
)
_TOKEN = re.compile(rf"(?P<digits>{_DIGITS})|[^\W\d_]+")
# An arrow is no side of a number, and what joins two numbers no minus.
_BEFORE = re.compile(
    r"(?P<side>(?<![-=<>])[<>]=?|[≤≥])?\s?(?P<minus>(?<![^\s(\[:=<>≤≥])[-\u2212](?=[$€£¥]?$))?"
    r"(?P<unit>[$€£¥])?\s?$"
)
_BEHIND = re.compile(
    rf"(?:(?:\s?(?:to|or|bis|oder|a|o|à|ou|[-\u2013])\s?(?P<second>{_DIGITS}))?[\s-]?"
    rf"(?:(?:{_BETWEEN})\s)?(?P<unit>[$€£¥%](?!\d)|(?:{_MEASURED})\b|per cent\b)"
    r"|(?=(?P<of>[\s-]?[^\W\d_])))?"
    r"(?=(?:(?:\W{1,3}\w{1,30}){0,3}?(?:\W{1,3}(?:per|a|an|each|every|pro|por|par|al)\s|\s?/\s?)"
    rf"(?P<rate>{_any_of(_TIME_OF.keys())})\b)?)",
    re.IGNORECASE,
)
# Characters before a number that may be of it.
_MOST_BEFORE = 6


def another_sign(sentence: str, text: str) -> str:
    """The number of the sentence that the text has with other signs alone; empty if there is none.
    A number without a sign may be of anything.
    """
    there = _signs_by_number(text)
    for kind, number, sign in _signed(sentence):
        known = there.get((kind, number))
        if known and sign not in known and not (kind == "measure" and ("bare", number) in there):
            return number
    return ""


@lru_cache(maxsize=256)
def _signs_by_number(text: str) -> Mapping[tuple[str, str], Set[str]]:
    """One passage is compared with many sentences."""
    there: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kind, number, sign in _signed(text):
        there[kind, number].add(sign)
    return dict(there)


def _signed(text: str) -> Iterator[tuple[str, str, str]]:
    """Kind of sign, number and sign of each that has one."""
    token = _TOKEN.search(text)
    while token:
        end = token.end()
        if token["digits"] or token[0].lower() in NUMBER_WORDS:
            number = token[0].rstrip(".,'\u2019")
            behind = _BEHIND.match(text, token.start() + len(number))
            before = _BEFORE.search(text[max(0, token.start() - _MOST_BEFORE) : token.start()])
            if behind and before:
                second = numbers_of(behind["second"] or "")
                yield from _signs_of(numbers_of(number) | second, before, behind)
                end = max(end, behind.end())
        token = _TOKEN.search(text, end)


def _signs_of(
    numbers: Set[str], before: re.Match[str], behind: re.Match[str]
) -> Iterator[tuple[str, str, str]]:
    unit = before["unit"] or _plain(behind["unit"] or "").replace("per cent", "%")
    rate = _plain(behind["rate"] or "")
    for number in numbers:
        # What is taken off a price or a share is written with a minus, and told without.
        if unit in _SIGN_OF:
            yield "unit", number, _SIGN_OF[unit]
        else:
            yield "minus", number, "-" if before["minus"] else ""
        if unit in _MEASURE_OF:
            yield "measure", number, _MEASURE_OF[unit]
        elif not unit and behind["of"] is None:
            # As in a table, whose head says what it is of.
            yield "bare", number, ""
        if before["side"]:
            yield "side", number, _SIDES[before["side"][0]]
        if rate:
            yield "rate", number, _TIME_OF[rate]


def _plain(word: str) -> str:
    """In small letters; to the pattern a Turkish i, with a dot or without, is an i, too."""
    return word.replace("\u0130", "i").replace("\u0131", "i").casefold()
