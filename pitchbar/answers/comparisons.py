"""What turns the sense of a sentence round though its words stay the same: a "not", "more" for
"less", and the order of what is compared.
"""

import re
from dataclasses import dataclass

from pitchbar.answers.facts import numbers_of

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|nowhere|neither|nor|without|cannot|unable|except|hardly"
    r"|\w+n['\u2019]t|nicht|kein\w*|nie|niemals|niemand|nichts|ohne|nunca|jamás|nadie|nada|ningún\w*|sin"
    r"|pas|jamais|aucun\w*|sans|rien|non|mai|nessun\w*|senza|não|nunca|sem|niet|geen|nooit|zonder"
    r"|не|нет|ни|без|никогда|нельзя|немає|nie|bez|nigdy|inte|ikke|ikkje|aldrig|aldri|utan|uden|uten"
    r"|ei|eivät|nem|nincs|değil|yok|hiç|δεν|μη|μην|χωρίς|không|לא|אין|ללא|لا|لم|لن|ليس|ليست|غير|بدون"
    r"|नहीं|मत|बिना)\b"
    # Where words have no spaces between them.
    r"|[不没沒无無未]|ない|なく|ません|ずに|않|없|못",
    re.IGNORECASE,
)
# What says no by its own sense: "excluded from returns".
_IMPLIED = re.compile(
    r"\b(?:exclud\w+|prohibit\w*|forbidden|forbids?|banned|bans|disallow\w*|impossible|ineligible"
    r"|unavailable|refus\w+|declin\w+|den(?:y|ies|ied)|lacks?|lacking|ausgeschlossen|ausgenommen"
    r"|verboten|untersagt|unmöglich|unzulässig|abgelehnt|prohibid\w+|imposible|excluid\w+"
    r"|interdit\w*|impossibles?|exclu\w*)\b",
    re.IGNORECASE,
)
# What is given to some alone, and what is given to all.
_ALONE = re.compile(
    r"\b(?:only|solely|exclusively|alone|just|reserved|nur|allein|ausschließlich|vorbehalten|solo"
    r"|sólo|solamente|únicamente|seulement|uniquement|réservée?s?)\b",
    re.IGNORECASE,
)
_ANYBODY = re.compile(
    r"\b(?:any(?:one|body|time|where)?|every(?:one|body|where)?|all|each|always|jede\w*|alle\w*"
    r"|immer|todos?|todas?|cualquier\w*|siempre|tous|toutes?|chaque|toujours)\b",
    re.IGNORECASE,
)
# Ways to say that nothing is to be paid, with a "no" in them and without.
_FREE = re.compile(
    r"\bcosts? nothing\b|\b(?:at|for) no (?:extra |additional |further )?(?:cost|charge)s?\b"
    r"|\bfree of charge\b|\bwithout (?:charge|cost)\b|\bfor free\b",
    re.IGNORECASE,
)
_KOSTENLOS = re.compile(
    r"\bkoste[tn] nichts\b|\bohne (?:aufpreis|zusatzkosten|gebühr(?:en)?)\b|\bkostenfrei\b"
    r"|\bgratis\b|\bumsonst\b|\bunentgeltlich\b",
    re.IGNORECASE,
)
# "Not only", "no later than", "no more than": no negation of what is said.
_NO_NEGATION = re.compile(
    r"\bnot only\b|\bno (?:later|more|less|fewer|longer|sooner|earlier) than\b"
    r"|\bnot (?:more|less|later) than\b|\bwhether or not\b|\bno\.\s?\d"
    r"|\bnicht nur\b|\bno solo\b|\bnon seulement\b|\bnicht (?:mehr|weniger) als\b",
    re.IGNORECASE,
)
MORE, LESS = "more", "less"
_DIRECTIONS = (
    (
        LESS,
        r"no (?:more|later|longer) than|not (?:more|later) than|nicht mehr als|less than|fewer than"
        r"|lower than|under|below|up to|at most|maximum|within|weniger als|höchstens"
        r"|unter|bis zu|maximal|menos de|como máximo|hasta|moins de|au plus"
        r"|jusqu['\u2019]à|before|vor"
        r"|antes de|avant|younger than|shorter than|smaller than|cheaper than",
    ),
    (
        MORE,
        r"no (?:less|fewer|sooner|earlier) than|not less than|nicht weniger als|more than|over"
        r"|above|at least|a minimum of|minimum|exceeding|exceeds|greater than|higher than|mehr als"
        r"|mindestens|über|ab|más de|al menos|como mínimo|plus de|au moins|after|nach|después de"
        r"|après|older than|longer than|larger than|since",
    ),
)
_TOWARDS = tuple(
    (direction, re.compile(rf"\b(?:{words})\s+", re.IGNORECASE)) for direction, words in _DIRECTIONS
)
_NUMBER_AHEAD = 24
_THAN = re.compile(
    r"\b(?P<word>more|less|fewer|better|worse|older|\w{2,}er|mehr|weniger|más|menos|plus|moins)\b"
    r"[^.;]{0,30}?\b(?P<than>than|als|que)\b",
    re.IGNORECASE,
)
_LESSER = """
    less fewer worse lower smaller shorter younger slower cheaper earlier weaker lighter weniger
    menos moins
"""
_OPPOSITES = """
    open/close enable/disable allow/forbid allow/prohibit permit/forbid accept/refuse accept/reject
    include/exclude increase/decrease rise/fall add/remove start/end start/stop begin/end first/last
    win/lose free/paid public/private possible/impossible required/optional required/unnecessary
    legal/illegal always/never all/none before/after north/south east/west buy/sell import/export
    encrypt/decrypt lock/unlock valid/invalid true/false left/right above/below upper/lower
    inside/outside push/pull maximum/minimum best/worst cheap/expensive offen/geschlossen
    erlaubt/verboten öffnen/schließen abierto/cerrado permitido/prohibido ouvert/fermé
    autorisé/interdit
"""
OPPOSITES = tuple(tuple(pair.split("/")) for pair in _OPPOSITES.split())


def _first_number(text: str) -> set[str]:
    for word in text[:_NUMBER_AHEAD].split():
        if numbers := numbers_of(word):
            return numbers
    return set()


def is_negated(text: str) -> bool:
    return bool(_NEGATION.search(_NO_NEGATION.sub(" ", text)))


def without_price(text: str) -> str:
    """In one way, whatever way it is said."""
    return _KOSTENLOS.sub("kostenlos", _FREE.sub("free", text))


def count_negations(text: str) -> int:
    return len(_NEGATION.findall(_NO_NEGATION.sub(" ", text)))


def without_negations(text: str) -> str:
    return _NEGATION.sub(" ", text)


def is_denied(text: str) -> bool:
    """Whether it says no, by a word for it or by its sense; twice is yes."""
    return is_negated(text) != bool(_IMPLIED.search(text))


def is_widened(text: str, passage: str) -> bool:
    """What the passage gives to some alone, to everybody; or the other way round."""
    is_alone, there = bool(_ALONE.search(text)), bool(_ALONE.search(passage))
    if there and not is_alone:
        return bool(_ANYBODY.search(text)) and not _ANYBODY.search(passage)
    return is_alone and not there


def directions_of(text: str) -> set[tuple[str, str]]:
    """Numbers with the side of them that is meant: ("more", "30")."""
    found: set[tuple[str, str]] = set()
    taken = text
    for direction, pattern in _TOWARDS:
        for match in pattern.finditer(taken):
            found |= {(direction, number) for number in _first_number(text[match.end() :])}
        taken = pattern.sub(lambda one: "\x00" * len(one[0]), taken)
    return found


@dataclass(frozen=True)
class Comparison:
    """What stands on both sides of "than", and whether the first is the lesser."""

    first: str
    second: str
    is_less: bool


def comparison_of(text: str) -> Comparison | None:
    found = _THAN.search(text)
    if found is None:
        return None
    after = text[found.end("than") :]
    return Comparison(text[: found.start()], after, found["word"].lower() in _LESSER.split())
