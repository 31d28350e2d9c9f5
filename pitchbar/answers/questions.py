"""Questions that lean on what was said before ("and how long does that take?"), made to stand alone
without a model: what they are about is taken from the question before.
"""

import re
from collections.abc import Sequence

from pitchbar.answers.turns import Said
from pitchbar.retrieval.languages import language_of
from pitchbar.retrieval.words import terms_of

# Questions before, of which each may lean on the one before it; and how much of them comes along.
_BACK, _LONGEST = 3, 300

_OPENINGS = re.compile(
    r"(?:and|but|or|so|then|also|ok(?:ay)?|und|oder|aber|dann|auch|y|e|o|pero|entonces|et|ou|mais"
    r"|alors|ma|poi|mas|en|maar)[,\s]+"
    r"|(?:what|how)(?:'s| is)? about\b|why (?:not|so)\b|what (?:if|else|then)\b|how (?:come|so)\b"
    r"|(?:was|wie) ist mit\b|wie sieht es mit\b|qu[eé] (?:hay|tal|pasa) (?:con|de)\b"
    r"|qu'en est-il d\w+\b|et pour\b|e per\b|hoe zit het met\b|che ne dici di\b",
    re.IGNORECASE,
)
_PRONOUNS = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|this|that|these|those|there|one|ones"
    r"|the same|the (?:former|latter|other|first|second|last)(?: one)?"
    r"|es|sie|ihn|ihm|ihnen|ihre?|dies\w*|das|dort|davon|dafür|damit|dazu|dabei|daran|darauf|jene\w*"
    r"|ello|ellas|ellos|ella|él|eso|esos|esas|esa|ese|esto|estos|estas|allí|lo mismo"
    r"|ça|cela|ceci|celui|celle|ils|elles|elle|lui|leur|là-bas"
    r"|questo|quello|quelli|isso|isto|dit|dat|daar|ermee|ervan)\b",
    re.IGNORECASE,
)
# "Is it possible to …", "a way that works", "this page": these point at nothing that was said.
_EMPTY = re.compile(
    r"\b(?:is|was|would|does|will|how (?:long|much) does) it (?:\w+ ){0,2}(?:to|that|if|when)\b"
    r"|\bit (?:is|was) (?:\w+ )?(?:to|that)\b|\bthere (?:is|are|was|were|a|an|any)\b"
    r"|\b(?:is|are|was|were) there\b|\b\w{3,} that (?!takes?\b|costs?\b|works?\b)\w+"
    r"|\b(?:this|these|that|those) (?!(?:is|are|was|were|do|does|did|can|will|would|go|in|on|for|to"
    r"|at|too|then|(?:work|take|cost|mean|happen|apply|include|last|need|come)s?)\b)\w{3,}"
    r"|\bgibt es\b|\bist es (?:möglich|erlaubt)\b|\bdas [A-ZÄÖÜ]\w+"
    r"|\b(?:was|wie|wo|wann|wer|warum) (?:ist|sind|war) das\b(?= \w)"
    r"|\bque es\b|\bone of\b|\b(?:each|every|any|no|some|which)\s?one\b",
    re.IGNORECASE,
)
# They ask, or greet, and are not what is asked about.
_ASKING = """
    how what when where who whom whose which why can could do does did is are was were will would
    should much many long far often old please tell know mean work happen take cost need want get
    give show say explain help possible thing way also too about more detail example instead else
    hi hello hey thanks thank ok okay yes good morning hallo danke ja guten tag hola gracias buenos
    días bonjour merci oui ciao grazie
    wie was wann wo wer wen wem warum wieso welche welcher welches kann können könnte gibt viel
    viele lange kostet kosten dauert bitte brauche
    cómo qué cuándo dónde quién cuánto cuánta cuántos cuántas cuál cuáles puedo puede tarda cuesta
    por comment quoi quand où qui combien pourquoi quel quelle quels quelles peut puis coûte dure
"""
_NO_TOPIC = frozenset(_ASKING.split())
_WORD = re.compile(r"[^\s]+")
_PREPOSITIONS = (
    "(?:to|for|in|from|with|by|at|on|of|into|nach|für|mit|von|aus|auf|bei|para|con|desde|pour"
    "|avec|vers)"
)
_OBJECT = re.compile(
    rf"\b(?P<preposition>{_PREPOSITIONS})\s+(?P<object>[^?.!,;]+?)"
    rf"(?=\s+(?:{_PREPOSITIONS}|is|are|do|does|and|or|work|cost|there)\b|\s*[?.!,;]|\s*$)",
    re.IGNORECASE,
)


def standalone(text: str, history: Sequence[Said]) -> str:
    """The question with what it leans on; itself where it stands alone, or nothing came before."""
    asked = [said.text for said in history if said.role == "visitor" and said.text.strip()]
    return _joined(text, asked[-_BACK:])


def _joined(text: str, asked: Sequence[str]) -> str:
    if not asked or not leans(text):
        return text
    before = " ".join(_joined(asked[-1], asked[:-1]).split())[:_LONGEST]
    return _with_another_object(text, before) or _with_topic(text, before)


def leans(text: str) -> bool:
    bare = text.strip().strip("¿¡ ")
    opening = _OPENINGS.match(bare)
    told = _topic_words(bare)
    if opening and len(told) <= 3:
        return True
    if len(told) == 0:
        return True
    return len(told) <= 4 and _points_back(bare)


def _points_back(text: str) -> bool:
    """A pronoun, before which nothing is named that it could stand for."""
    found = _PRONOUNS.search(_EMPTY.sub(lambda one: "\x00" * len(one[0]), text))
    return found is not None and len(_topic_words(text[: found.start()])) <= 1


def _topic_words(text: str) -> list[str]:
    """What it is about, as it is written."""
    language = language_of(text)
    found = []
    for match in _WORD.finditer(text):
        word = match[0].strip("?!.,;:\"'“”„«»()¿¡…")
        is_told = any(True for _ in terms_of(word, language)) if language else bool(word)
        if is_told and word.lower() not in _NO_TOPIC and not _PRONOUNS.fullmatch(word):
            found.append(word)
    return found


def _with_another_object(text: str, before: str) -> str:
    """ "And to France?" after "How much is shipping to Germany?": the object takes its place."""
    bare = text.strip().strip("¿¡ ")
    opening = _OPENINGS.match(bare)
    rest = bare[opening.end() :].strip() if opening else ""
    own = _OBJECT.match(rest)
    if own is None or _topic_words(rest[own.end() :]):
        return ""
    for found in reversed(list(_OBJECT.finditer(before))):
        if found["preposition"].lower() == own["preposition"].lower():
            return before[: found.start("object")] + own["object"] + before[found.end("object") :]
    return ""


def _with_topic(text: str, before: str) -> str:
    """What the question before is about, behind the question."""
    there = {word.lower() for word in _topic_words(text)}
    topic = [word for word in _topic_words(before) if word.lower() not in there]
    return f"{text.strip()} ({' '.join(topic)})" if topic else text
