"""How sentences begin that lean on the one before, and mean little without it."""

import re

# Of what comes before, or against it; a comma or a word follows.
_CONNECTIVES = """
    however but yet so thus hence therefore then also instead otherwise moreover furthermore besides
    nevertheless nonetheless consequently accordingly meanwhile similarly likewise still and or nor
    conversely additionally afterwards afterward either neither both again finally
    for example|for instance|in this case|in that case|in these cases|in addition|in contrast
    on the other hand|as a result|because of this|for this reason|after that|after this|in turn
    in other words|that is why|at the same time
    aber doch jedoch dennoch trotzdem deshalb daher darum also dann danach außerdem zudem auch sonst
    und oder stattdessen allerdings hingegen dabei dafür dazu damit davon darin daran
    zum beispiel|in diesem fall|das heißt
    pero sin embargo|por eso|por lo tanto|además también entonces después así y o
    por ejemplo|en este caso|en cambio
    mais cependant pourtant donc alors ensuite aussi ainsi et ou par exemple|dans ce cas|en revanche
    ma però quindi inoltre anche poi così e per esempio|in questo caso
    mas porém portanto também então depois
    maar echter toch daarom dus dan ook en bijvoorbeeld|in dit geval
"""
# They stand for what was named before.
_PRONOUNS = """
    it they them he she him these those this that such there here ones
    er sie es dies dieses dort hier
    esto eso esos ello ellos ellas él ella aquí allí
    il elle ils elles cela ceci ça celui celle
    esso essa essi questo quello
    ele ela eles elas isto isso
    het hij zij dit dat
"""
# With a thing behind them: which one, was said before.
_DETERMINERS = """
    this that these those such its their his her
    diese dieser diesem diesen dieses jene jener jenes ihr ihre ihrer sein seine seiner solche
    esta este estos estas esa ese esas su sus
    ce cet cette ces
    questa questi queste quella
    essas esses deze die hun
"""
# "It is possible to", "there are twelve", "this page": nothing is missing there.
_HARMLESS = re.compile(
    r"(?:it|this) (?:is|was) (?:possible|necessary|important|recommended|best|easy|hard|also)\b"
    r"|there (?:is|are|was|were|will)\b|here (?:is|are)\b|such as\b|both \w+ and\b|either \w+ or\b"
    r"|es (?:gibt|ist möglich)\b|those who\b|one of the\b|one \w+ (?:is|are|has|can)\b"
    r"|that (?:which|said)\b|and so on\b|so (?:that|long|far|many|much)\b|still \w+ing\b",
    re.IGNORECASE,
)


def _alternatives(lines: str) -> list[str]:
    """Words, and groups of them between bars."""
    found: list[str] = []
    for line in lines.strip().splitlines():
        first, *groups = line.strip().split("|")
        found += [first, *groups] if groups else first.split()
    return found


def _opening(lines: str) -> re.Pattern[str]:
    words = sorted(set(_alternatives(lines)), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)


_JOINED, _NAMELESS, _POINTING = map(_opening, (_CONNECTIVES, _PRONOUNS, _DETERMINERS))
_VERB = re.compile(
    r"\w+\s+(?:is|are|was|were|has|have|had|does|do|did|can|could|will|would|may|might|must|should"
    r"|means?|makes?|takes?|gives?|holds?|comes?|goes|applies|happens|needs?|also|only|ist|sind|war"
    r"|hat|kann|wird|es|está|son|puede|est|sont|peut)\b",
    re.IGNORECASE,
)


def leans_back(sentence: str) -> bool:
    """It needs the one before."""
    bare = _bare(sentence)
    if _HARMLESS.match(bare):
        return False
    return any(opening.match(bare) for opening in (_JOINED, _NAMELESS, _POINTING))


def is_nameless(sentence: str) -> bool:
    """ "It opens at seven", "This means": the name of the thing alone would help."""
    bare = _bare(sentence)
    if _HARMLESS.match(bare) or not _NAMELESS.match(bare):
        return False
    return not _POINTING.match(bare) or bool(_VERB.match(bare))


def _bare(sentence: str) -> str:
    return sentence.lstrip("\"'“„«([*_ ")


def leads_on(sentence: str) -> bool:
    """It announces what stands below it."""
    return sentence.rstrip("\"'”*_ ").endswith((":", "\uff1a")) and len(sentence) > 1
