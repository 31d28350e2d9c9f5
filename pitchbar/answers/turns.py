"""What goes into a turn of a conversation, and what comes out of it. Knows no HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from pitchbar.agents.publication import ServedAgent
from pitchbar.retrieval.passages import Hit

# How an answer came about: by a model · from sentences of the sources as they stand · written by a
# person of the workspace beforehand.
Mode = Literal["llm", "extractive", "curated"]
LLM: Mode = "llm"
EXTRACTIVE: Mode = "extractive"
CURATED: Mode = "curated"


@dataclass(frozen=True)
class Said:
    """An earlier message. `role` is "visitor", "agent" or "person"."""

    role: str
    text: str


@dataclass(frozen=True)
class Turn:
    """A question with what must be known to answer it.

    Attributes:
        text: what the visitor wrote, cleaned (see `chat`), at most 4,000 characters.
        history: what was said before, oldest first.
        page_url: where the visitor is; its passages are lifted.
        language: the visitor's, as their browser says it, such as `de`; empty where unknown.
        is_tried: asked in the playground or by a test question: counts for nobody, and tells all.
    """

    agent: ServedAgent
    text: str
    history: Sequence[Said] = ()
    page_url: str = ""
    language: str = ""
    is_tried: bool = False


@dataclass(frozen=True)
class Citation:
    """`n` is the number that stands in the text as `[n]`. `url` opens the source at the quote where
    that is possible (`#:~:text=`), `quote` stands in the passage letter by letter.
    """

    n: int
    url: str
    title: str
    quote: str
    hit: int
    """Which of the turn's hits it points at, by place."""


@dataclass(frozen=True)
class Verdict:
    """Of one sentence of the answer: whether its passage bears it out, and why not."""

    sentence: str
    n: int | None
    is_supported: bool
    why: str = ""


@dataclass(frozen=True)
class Usage:
    """Of a model, in its tokens; nothing without one."""

    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True)
class Trace:
    """How an answer came about, for those who look after an agent; never for visitors."""

    question: str
    """What was searched for: the visitor's words, joined with what they lean on."""
    hits: Sequence[Hit] = ()
    score: float = 0.0
    """How surely the hits answer, from 0 to 1; below `threshold` it was not answered."""
    threshold: float = 0.0
    prompt: str = ""
    verdicts: Sequence[Verdict] = ()
    fell_back: str = ""
    """Why a model that is there did not answer: "timeout", "budget", …; empty otherwise."""
    timings: dict[str, float] = field(default_factory=dict)
    """Milliseconds, by part: `embedding`, `search`, `first_token`, `whole`."""


@dataclass(frozen=True)
class Stage:
    """`searching`, `writing`; and what else a waiting visitor may be told."""

    name: str


@dataclass(frozen=True)
class Token:
    text: str


@dataclass(frozen=True)
class Answered:
    """The end of a turn. `text` is the whole, which may differ from what the tokens were: a
    citation that does not hold is gone from it.

    Attributes:
        is_refused: it says that it does not know.
        low_confidence: it is refused, or rests on little.
        offers: what the visitor may do instead: "person", "lead_form".
        curated_id: of the curated answer, where it is one.
    """

    text: str
    mode: Mode
    citations: Sequence[Citation] = ()
    low_confidence: bool = False
    is_refused: bool = False
    offers: Sequence[str] = ()
    curated_id: int | None = None
    usage: Usage = Usage()
    trace: Trace = Trace("")


Part = Stage | Token | Answered
