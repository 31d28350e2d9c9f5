"""What a lead's score is made of: rules that anybody can read, each with its points. No score
without its reasons, and no reason that is not one of these.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 100
# From so many questions on somebody asks much, or very much.
MANY, VERY_MANY = 3, 6


@dataclass(frozen=True)
class Rule:
    points: int
    words: str


RULES: Mapping[str, Rule] = {
    "address": Rule(20, "Left an address"),
    "phone": Rule(10, "Left a phone number"),
    "name": Rule(5, "Said their name"),
    "own_domain": Rule(15, "Writes from an address that is no free mailbox"),
    "asked_price": Rule(20, "Asked what it costs, or for an offer"),
    "asked_person": Rule(10, "Asked for a person"),
    "many_questions": Rule(5, f"Asked {MANY} questions or more"),
    "very_many_questions": Rule(10, f"Asked {VERY_MANY} questions or more"),
    "came_back": Rule(10, "Came back for another conversation"),
    "by_code": Rule(5, "Came by a code"),
    "purchased": Rule(20, "Bought something"),
}

# Of the big providers, and those where nobody is meant to be found.
_FREE_DOMAINS = """
    gmail.com googlemail.com outlook.com hotmail.com hotmail.de hotmail.fr hotmail.co.uk live.com
    msn.com yahoo.com yahoo.de yahoo.fr yahoo.co.uk yahoo.es yahoo.it ymail.com aol.com icloud.com
    me.com mac.com gmx.de gmx.net gmx.at gmx.ch gmx.com web.de t-online.de freenet.de mail.de
    posteo.de mailbox.org arcor.de bluewin.ch proton.me protonmail.com pm.me tutanota.com tuta.io
    orange.fr free.fr laposte.net wanadoo.fr sfr.fr libero.it virgilio.it tiscali.it alice.it
    terra.es mail.com mail.ru yandex.ru yandex.com bk.ru inbox.ru qq.com 163.com 126.com sina.com
    naver.com wp.pl o2.pl onet.pl interia.pl seznam.cz email.cz centrum.cz ziggo.nl kpnmail.nl
    hetnet.nl telenet.be skynet.be btinternet.com sky.com comcast.net verizon.net att.net zoho.com
    fastmail.com hey.com mailinator.com guerrillamail.com 10minutemail.com yopmail.com
    """
_FREE = frozenset(_FREE_DOMAINS.split())

_PRICE = re.compile(
    r"\b(price|prices|pricing|cost|costs|quote|quotation|discount|how much|buy|order|invoice"
    r"|preis|preise|preisliste|kosten|kostet|angebot|rabatt|kaufen|bestellen|wie viel|wieviel"
    r"|prix|tarif|tarifs|coût|co[uû]te|devis|remise|combien|acheter|commander"
    r"|precio|precios|coste|cuesta|presupuesto|descuento|cu[aá]nto|comprar"
    r"|prezzo|prezzi|costo|costa|preventivo|sconto|quanto|comprare"
    r"|pre[cç]o|or[cç]amento|desconto|prijs|prijzen|offerte|korting|kopen)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Known:
    """What is known of a lead that counts."""

    email: str
    name: str
    phone: str
    questions: int
    conversations: int
    asked_price: bool
    asked_person: bool
    by_code: bool
    purchased: bool


def asks_for_price(text: str) -> bool:
    return _PRICE.search(text) is not None


def is_free_mailbox(email: str) -> bool:
    return email.rpartition("@")[2] in _FREE


def reasons_for(known: Known) -> list[dict[str, Any]]:
    """In the order of the rules, each with `key` and `points`."""
    holds = {
        "address": True,
        "phone": bool(known.phone),
        "name": bool(known.name),
        "own_domain": not is_free_mailbox(known.email),
        "asked_price": known.asked_price,
        "asked_person": known.asked_person,
        "many_questions": MANY <= known.questions < VERY_MANY,
        "very_many_questions": known.questions >= VERY_MANY,
        "came_back": known.conversations > 1,
        "by_code": known.by_code,
        "purchased": known.purchased,
    }
    return [{"key": key, "points": rule.points} for key, rule in RULES.items() if holds[key]]


def score_of(reasons: Sequence[Mapping[str, Any]]) -> int:
    return max(0, min(MOST, sum(int(one["points"]) for one in reasons)))


def worded(reasons: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """With `text` for people; one of a later release goes by its key."""
    return [
        {
            "key": str(one["key"]),
            "points": int(one["points"]),
            "text": RULES[one["key"]].words if one["key"] in RULES else str(one["key"]),
        }
        for one in reasons
    ]
