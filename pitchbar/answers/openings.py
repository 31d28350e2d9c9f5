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
    it its they their them he she his her this that these those such there here one ones
    er sie es dies diese dieser dieses jene jener jenes ihr ihre sein seine solche dort hier
    esto esta este estos estas eso esa ese esos esas ello ellos ellas él ella su sus aquí allí
    il elle ils elles ce cet cette ces cela ceci ça celui celle
    esso essa essi questo questa questi queste quello quella
    ele ela eles elas isto isso esse essa esses essas este esta
    het hij zij dit dat deze die hun
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


_DANGLING = (_opening(_CONNECTIVES), _opening(_PRONOUNS))


def leans_back(sentence: str) -> bool:
    bare = sentence.lstrip("\"'“„«([*_ ")
    if _HARMLESS.match(bare):
        return False
    if bare[:1].islower():
        # The end of a sentence whose beginning stands in another passage; or a name such as iPhone.
        return bare.split(" ", 1)[0].isalpha() and bare.split(" ", 1)[0].islower()
    return any(opening.match(bare) for opening in _DANGLING)


def leads_on(sentence: str) -> bool:
    """It announces what stands below it."""
    return sentence.rstrip("\"'”*_ ").endswith((":", "\uff1a")) and len(sentence) > 1
