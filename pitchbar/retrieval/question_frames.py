"""Who says it, and where: "according to *the Acme terms*", "did *President Lovelace* mention",
"*in her last speech*". Whoever speaks hardly names themselves, and no text says in each passage
what it is called, so that one which answers has none of these words.
"""

import re

_SAY = (
    "mention|emphasi[sz]e|describe|state|say|highlight|express|discuss|outline|explain|stress|note"
    "|report|suggest|recommend|claim|promise|urge|illustrate"
)
_SAID = (
    "mentioned|described|stated|highlighted|discussed|outlined|expressed|emphasi[sz]ed|explained"
)
_TEXT = (
    "speech|address|article|paper|text|report|documentation|docs|document|statement|passage|talk"
    "|essay|book|chapter|website|manual"
)
_WORD = r"[A-ZÀ-Þ][\w.-]*"
_NAME = rf"(?:the\s+)?(?:{_WORD}\s+){{1,5}}"
# To where another thought begins.
_REST = (
    r"\s+[^\s,;?]+(?:\s+(?!(?:regarding|about|concerning|for|that|to|when|how)\b)[^\s,;?]+){0,9}?"
    r"(?=\s*[,;?]|\s*$|\s+(?:regarding|about|concerning|for|that|to|when|how)\b)"
)
_GAP = re.compile(r" ?,? ([?.!,])")
_FRAMES = {
    "en": (
        rf"\baccording\s+to{_REST}",
        rf"\b(?:as\s+)?(?:{_SAID})\s+(?:by|in){_REST}",
        rf"\b(?:did|does|do|has|have)\s+(?-i:{_NAME}(?=(?:\w+\s+)?(?:{_SAY})\b))",
        rf"\b(?:in|during)\s+(?:his|her|its|their|the|this)\s+(?:[\w'\u2019-]+\s+){{0,5}}?(?:{_TEXT})\b",
        rf"\b(?:in|during|from|by)\s+(?-i:(?:{_WORD}\s+){{0,4}}{_WORD})['\u2019]s\s+(?:\w+\s+)?(?:{_TEXT})\b",
    ),
    "de": (rf"\b(?:laut|gemäß){_REST}",),
    "es": (rf"\bsegún{_REST}",),
    "fr": (rf"\bselon{_REST}",),
}
_COMPILED = {
    language: [re.compile(one, re.IGNORECASE) for one in found]
    for language, found in _FRAMES.items()
}
# Of fewer words nothing would be left to look for.
_FEWEST = 3


def without_frame(question: str, language: str) -> str:
    """The question as it would be put to whoever says it."""
    plain = question = " ".join(question.split())
    for pattern in _COMPILED.get(language[:2], ()):
        plain = pattern.sub("", plain)
    plain = _GAP.sub(r"\1", " ".join(plain.split())).strip(" ,")
    return plain if len(plain.split()) >= _FEWEST else question
