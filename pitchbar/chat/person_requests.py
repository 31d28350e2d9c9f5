"""Whether somebody asks for a person in place of the agent, in the languages that it knows.

A question that only speaks of people ("how do I add a person?") is none: it takes a word for
speaking with them, or one that says that they be real.
"""

import re

_EN_WHOM = (
    r"(?:(?:a|an|the|some|your|any)\s+)?(?:(?:real|live|actual|human|support|sales|customer)\s+)*"
    r"(?:person|human(?:\s+being)?|people|agent|representative|rep|operator|employee|someone|"
    r"somebody|staff|team|support|service)"
)
# Of plain letters (see below); "the", "with" and "to" are a part of the word behind them.
_AR_WHOM = (
    r"(?:احد\s+|اي\s+)?(?:ال|لل|بال|ل|ب)?(?:شخص|انسان|بشر|موظف|مندوب|ممثل|مستشار|مسؤول|اعضاء|"
    r"دعم|فريق|خدمة|احد(?:هم|كم)?\b)"
)
_PATTERNS = (
    # English
    rf"\b(?:speak|talk|chat|connect(?:ed)?|transfer(?:red)?|put)\s+(?:me\s+)?"
    rf"(?:directly\s+)?(?:to|with|through\s+to)\s+{_EN_WHOM}\b",
    r"\b(?:want|need|get(?:\s+me)?|give\s+me|prefer|like)\s+(?:a|an|some)?\s*"
    r"(?:(?:real|live|actual)\s+(?:person|human|agent|people)|human(?:\s+(?:being|agent))?)\b"
    r"(?!\s+(?:resource|error|readable|right))",
    r"^(?:a\s+)?(?:(?:real|live)\s+)?(?:human|person|agent|operator|representative)"
    r"(?:\s+please)?[\s!.?]*$",
    # German
    r"\bmit\s+(?:(?:einem|einer|ihrem|eurem|jemandem|dem|richtigen|echten|menschlichen)\s+)*"
    r"(?:mensch(?:en)?|mitarbeiter(?:in)?|person|berater(?:in)?|jemandem|kollegen|kundendienst|"
    r"support|kundenservice)\s+(?:\w+\s+){0,2}(?:sprechen|reden|chatten|schreiben|verbinden|"
    r"verbunden)\b",
    r"\b(?:echten|richtigen)\s+menschen\b|^mensch(?:en)?(?:\s+bitte)?[\s!.?]*$",
    r"\bverbinden\s+sie\s+mich\b|\bverbinde\s+mich\b",
    # French
    r"\b(?:parler|discuter|échanger)\s+(?:à|avec|a)\s+(?:(?:un|une|des|votre|vos|le|la|vrai|"
    r"vraie|vraies)\s+)*(?:humain|personne|conseiller|conseillère|agent|quelqu['’]un|équipe|"
    r"gens|service)",
    r"\b(?:un|une)\s+(?:vrai|vraie)\s+(?:humain|personne)\b",
    # Spanish
    r"\bhablar\s+con\s+(?:(?:un|una|el|la|su|alguna)\s+)?(?:persona|humano|agente|alguien|asesor|"
    r"operador|representante|equipo)\b",
    r"\bpersona\s+(?:real|de\s+verdad)\b",
    # Italian
    r"\bparlare\s+con\s+(?:(?:un|una|un['’]|il|la|vostro)\s*)?(?:persona|umano|operatore|"
    r"operatrice|qualcuno|essere\s+umano|consulente|team)\b",
    # Dutch
    r"\bmet\s+(?:(?:een|iemand|jullie|echt|echte)\s+)*(?:mens|persoon|medewerker|iemand|team)\s+"
    r"(?:\w+\s+){0,2}(?:praten|spreken|chatten)\b",
    r"\b(?:praten|spreken|chatten)\s+met\s+(?:(?:een|echt|echte)\s+)*(?:mens|persoon|medewerker|"
    r"iemand)\b",
    # Portuguese
    r"\bfalar\s+com\s+(?:(?:um|uma|o|a|algum|alguma)\s+)?(?:pessoa|humano|atendente|alguém|"
    r"operador|agente|equipa|equipe)\b",
    # Arabic
    r"\b(?:ال|ل)?(?:[ايتن]?تحدث|[ايتن]?تكلم|[اين]?تواصل|اكلم|احكي|دردشة|ادردش|تحويلي|توصيلي|حولني|"
    rf"وصلني|حولوني)\s+(?:مباشرة\s+)?(?:(?:مع|الى)\s+)?{_AR_WHOM}",
    r"\b(?:اريد|نريد|احتاج(?:\s+الى)?|افضل|اود|عايز|بدي|ابغى)\s+(?:انسان|موظف|شخص)\w*[\s.!]*$",
    r"\b(?:انسان|موظف|شخص)\w*\s+حقيقي|^(?:انسان|موظف|شخص)(?:\s+من\s+فضلك|\s+لو\s+سمحت)?[\s.!]*$",
)
_ASKS = re.compile("|".join(f"(?:{one})" for one in _PATTERNS), re.I)
# Whoever writes at length asks something, and mentions people on the way.
_LONGEST = 200
# Arabic is typed with and without vowels, and its first letter in four ways.
_VOWELS = dict.fromkeys(range(1611, 1619))
_PLAIN_LETTERS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا"}) | _VOWELS


def asks_for_person(text: str) -> bool:
    plain = " ".join(text.split()).translate(_PLAIN_LETTERS)
    return len(plain) <= _LONGEST and _ASKS.search(plain) is not None
