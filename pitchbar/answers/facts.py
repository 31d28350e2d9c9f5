"""Numbers, dates and names of a text, in one spelling: what an answer must never make up."""

import re
from collections.abc import Iterator, Set

_SMALL = {
    word: number
    for number, words in enumerate(
        (
            "zero null cero",
            "one eins uno",
            "two zwei dos deux",
            "three drei tres trois",
            "four vier cuatro quatre",
            "five fünf cinco cinq",
            "six sechs seis",
            "seven sieben siete sept",
            "eight acht ocho huit",
            "nine neun nueve neuf",
            "ten zehn diez dix",
            "eleven elf once onze",
            "twelve zwölf doce douze",
            "thirteen dreizehn trece treize",
            "fourteen vierzehn catorce quatorze",
            "fifteen fünfzehn quince quinze",
            "sixteen sechzehn",
            "seventeen siebzehn",
            "eighteen achtzehn",
            "nineteen neunzehn",
            "twenty zwanzig veinte vingt",
        )
    )
    for word in words.split()
}
_TENS = {
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9,
    "dreißig": 30, "vierzig": 40, "fünfzig": 50, "hundert": 100, "tausend": 1000,
    "treinta": 30, "cincuenta": 50, "cien": 100, "mil": 1000, "trente": 30, "cent": 100,
}  # fmt: skip
_AS_NUMBER = {**_SMALL, **_TENS}
NUMBER_WORDS = frozenset(_AS_NUMBER)
# "One of them", "no one": these count nothing; where a digit stands instead, that is looked for.
_RARELY_COUNTS = {"one", "uno", "once", "null", "cent", "mil", "elf", "acht", "sept", "six"}
_NUMBER = re.compile(
    r"(?<![\w.,])[-+\u2212]?\d+(?:[.,'\u2019\u00a0\u202f ]\d{3})*(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
)
_GROUPED = re.compile(r"[-+\u2212]?\d{1,3}([.,'\u2019\u00a0\u202f ])\d{3}(?:\1\d{3})*(?:[.,]\d+)?$")
_MONTHS = (
    "january jan januar enero janvier gennaio janeiro januari",
    "february feb februar febrero février febbraio fevereiro februari",
    "march mar märz marzo mars março maart",
    "april apr abril avril aprile",
    "may mai mayo maggio maio mei",
    "june jun juni junio juin giugno junho",
    "july jul juli julio juillet luglio julho",
    "august aug agosto août augustus",
    "september sep sept septiembre septembre settembre setembro",
    "october oct oktober okt octubre octobre ottobre outubro",
    "november nov noviembre novembre novembro",
    "december dec dezember dez diciembre décembre dicembre dezembro",
)
_MONTH = {word: at for at, words in enumerate(_MONTHS, 1) for word in words.split()}
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_WORD = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*")
_NAME = re.compile(r"\b[A-ZÀ-ÖØ-ÞА-Я][\w'\u2019-]*\w\b|\b\w*[a-z][A-Z]\w*\b|\b[A-Z]{2,}\w*\b")
_SENTENCE_BEGINS = re.compile(r"(?:^|[.!?:…]\s|\n|[•\u2013—-]\s|\d[.)]\s)[\s\"'“„«(\[*_]*$")


def numbers_of(text: str) -> set[str]:
    """As digits: "1,000" and "a thousand" are 1000. The months of dates are numbers, too."""
    text = _ISO_DATE.sub(lambda date: f" {date[1]} {date[2]} {date[3]} ", text)
    return {_normal(found[0]) for found in _NUMBER.finditer(text)} | set(_in_words(text))


def numbers_stated(text: str) -> set[str]:
    """Those that must stand in a passage, too; without words that often count nothing."""
    text = _ISO_DATE.sub(lambda date: f" {date[1]} {date[2]} {date[3]} ", text)
    digits = {_normal(found[0]) for found in _NUMBER.finditer(text)}
    return digits | set(_in_words(text, without=_RARELY_COUNTS))


def _in_words(text: str, without: Set[str] = frozenset()) -> Iterator[str]:
    for found in _WORD.finditer(text):
        word = found[0].lower()
        # Months begin with a capital letter where "may" and "mar" do not.
        if word in _MONTH and (len(word) > 4 or found[0][0].isupper()):
            yield str(_MONTH[word])
        elif word in _AS_NUMBER and word not in without:
            yield str(_AS_NUMBER[word])


def _normal(number: str) -> str:
    number = number.replace("\u2212", "-").lstrip("+")
    if _GROUPED.match(number):
        mark = next(sign for sign in number if not sign.isdigit() and sign not in "-")
        number = number.replace(mark, "")
    number = re.sub(r"['\u2019\u00a0\u202f ]", "", number).replace(",", ".")
    whole, _, rest = number.partition(".")
    rest = rest.rstrip("0")
    whole = whole.lstrip("-").lstrip("0") or "0"
    return f"{whole}.{rest}" if rest else whole


def names_of(text: str) -> set[str]:
    """Words with capital letters, but for the first of a sentence; folded."""
    found = set()
    for match in _NAME.finditer(text):
        word = match[0]
        is_first = bool(_SENTENCE_BEGINS.search(text[max(0, match.start() - 6) : match.start()]))
        if is_first and word[1:].islower():
            continue
        if word.lower() not in _AS_NUMBER and word.lower() not in _MONTH and word != "I":
            found.add(word.casefold())
    return found


def without_numbers(text: str) -> str:
    """For comparing what is left of two texts that spell their numbers differently."""
    text = _NUMBER.sub(" ", _ISO_DATE.sub(" ", text))
    return _WORD.sub(lambda word: " " if word[0].lower() in _COUNTING else word[0], text)


_COUNTING = frozenset(_AS_NUMBER) | {word for word in _MONTH if len(word) > 4}
