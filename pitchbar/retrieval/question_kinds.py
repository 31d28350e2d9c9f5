"""What kind of thing a question asks for, where its words tell; and whether a text has one."""

import re

_MONTHS = (
    "january february march april may june july august september october november december "
    "januar februar märz mai juni juli oktober dezember enero febrero marzo abril mayo junio julio "
    "agosto septiembre octubre noviembre diciembre janvier février mars avril juin juillet août "
    "septembre octobre novembre décembre"
)
_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve hundred thousand million "
    "billion half once twice dozen percent uno dos tres cuatro cinco mil zwei drei vier fünf deux "
    "trois quatre cinq"
)


def _any_of(words: str) -> str:
    return "|".join(words.split())


_HAS_NUMBER = re.compile(rf"\d|\b(?:{_any_of(_NUMBERS)})\b", re.IGNORECASE)
_HAS_DATE = re.compile(rf"\d|\b(?:{_any_of(_MONTHS)}|\w+day|centur\w+)\b", re.IGNORECASE)
_HAS_NAME = re.compile(r"(?:^|[\s(\"'“„«])([A-ZÀ-ÖØ-ÞА-Я]\w+)")

_ASKS_NUMBER = re.compile(
    r"\bhow (?:many|much|long|old|far|often|large|big|tall|high|fast|wide|deep|heavy)\b"
    r"|\bwhat (?:percent\w*|number|amount|price)\b"
    r"|\bcu[aá]nt[oa]s?\b|\bwie ?(?:viele?|lange|oft|groß|hoch|alt)\b"
    r"|\bcombien\b|\bquant[ioae]s?\b",
    re.IGNORECASE,
)
_ASKS_DATE = re.compile(
    r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade)\b"
    r"|\bcu[aá]ndo\b|\bwann\b|\bquand\b|\bquando\b",
    re.IGNORECASE,
)
_ASKS_NAME = re.compile(
    r"\bwho(?:se|m)?\b|\bwhere\b|\b(?:what|which) (?:city|country|state|town|region)\b"
    r"|\bqui[eé]n(?:es)?\b|\bd[oó]nde\b|\bwer\b|\bqui\b",
    re.IGNORECASE,
)
# Where words do not tell what is asked for, nothing speaks against the text, nor for it.
_UNTOLD = 0.7


NUMBER, DATE, NAME, HOW, WHAT, OTHER = "number", "date", "name", "how", "what", "other"
_KINDS = (
    (NUMBER, _ASKS_NUMBER),
    (DATE, _ASKS_DATE),
    (NAME, _ASKS_NAME),
    # Why is the reason, which no sign tells.
    (OTHER, re.compile(r"\bwhy\b|\bwarum\b|\bpor qu[eé]\b|\bpourquoi\b", re.IGNORECASE)),
    (HOW, re.compile(r"\bhow\b|\bwie\b|\bc[oó]mo\b|\bcomment\b", re.IGNORECASE)),
    (
        WHAT,
        re.compile(r"\b(?:what|which|welche[rsnm]?|qu[eé]|cu[aá]l(?:es)?|quel(?:le)?s?)\b", re.I),
    ),
)


def kind_of(question: str) -> str:
    """Which kind of thing is asked for, by the words that ask."""
    return next((kind for kind, asks in _KINDS if asks.search(question)), OTHER)


def is_of_kind(question: str, text: str) -> float:
    """1 or 0, and something between where the question does not say."""
    kind = kind_of(question)
    if kind == NUMBER:
        return float(bool(_HAS_NUMBER.search(text)))
    if kind == DATE:
        return float(bool(_HAS_DATE.search(text)))
    if kind == NAME:
        asked = {word.lower() for word in re.findall(r"\w+", question)}
        names = _HAS_NAME.findall(text)[1:]
        return float(any(name.lower() not in asked for name in names))
    return _UNTOLD
