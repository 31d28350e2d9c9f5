"""What the demo's visitors and the guide to Pitchbar said to each other."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pitchbar.answers.refusal import UNKNOWN
from pitchbar.chat.models import AGENT, ENDED, OPEN, PERSON, UP, VISITOR

# What is said: by the visitor, the agent with the document it quotes, a refusal, or the owner.
Said = tuple[str, str, str]


def _asks(text: str) -> Said:
    return (VISITOR, text, "")


def _answers(text: str, document: str) -> Said:
    return (AGENT, text, document)


def _joins(text: str) -> Said:
    return (PERSON, text, "")


_REFUSES: Said = (AGENT, UNKNOWN, "")


@dataclass(frozen=True)
class Story:
    """One conversation; `hours` ago it began. `code` is the short code that was scanned before."""

    hours: float
    said: Sequence[Said]
    code: str = ""
    page: str = "/docs"
    language: str = "en"
    lead: tuple[str, str] = ("", "")
    feedback: str = ""
    state: str = ENDED
    fields: dict[str, str] = field(default_factory=dict)


_KEPT = "People are the scans that were made by a person, as far as can be told."
_REPEAT = (
    "A repeat is another scan of one code by the same visitor within two seconds of the first."
)
_COOKIES = "Visitors are counted without cookies."
_SURE = "Below the threshold the agent says that it does not know."
_ROBOT = "Robots are kept with the reason, and do not count as people."
_ARCHIVED = "An archived code is set aside with all its scans, and can be taken back."

STORIES = (
    Story(700, (_asks("What is a repeat?"), _answers(_REPEAT, "concepts")), "menu"),
    Story(
        655,
        (
            _asks("Do you set cookies on my guests' phones?"),
            _answers(_COOKIES, "concepts"),
            _asks("And after two days, can you tell who it was?"),
            _answers("The secret is destroyed after 48 hours.", "concepts"),
        ),
        feedback=UP,
        lead=("grace@harbour-books.example", "Grace"),
        fields={"company": "Harbour Books"},
    ),
    Story(590, (_asks("Can I pay by invoice?"), _REFUSES), "window"),
    Story(512, (_asks("Are robots counted?"), _answers(_ROBOT, "concepts")), "bag"),
    Story(
        430,
        (
            _asks("What happens to printed cards when I archive a code?"),
            _answers(_ARCHIVED, "concepts"),
            _asks("Can I talk to somebody about it?"),
            _joins("Hello, I am here. Your cards keep working: archived codes can be taken back."),
            _asks("That helps, thank you."),
        ),
        "menu",
        feedback=UP,
    ),
    Story(371, (_asks("Was zählt als Mensch?"), _answers(_KEPT, "concepts")), language="de"),
    Story(
        298,
        (_asks("Is there a discount for schools?"), _REFUSES),
        "loyal",
        lead=("ada@quay-school.example", "Ada"),
        fields={"company": "Quay School"},
    ),
    Story(251, (_asks("How many people scanned?"), _answers(_KEPT, "concepts")), "wine"),
    Story(
        190, (_asks("What is a source?"), _answers("A source is what an agent reads.", "concepts"))
    ),
    Story(
        149,
        (
            _asks("When does the agent refuse to answer?"),
            _answers(_SURE, "concepts"),
            _asks("Which number should I set?"),
            _REFUSES,
        ),
        "station",
    ),
    Story(
        98,
        (
            _asks("I would like to print 400 table cards. Who can help?"),
            _joins("I can. Which paper do you have in mind?"),
            _asks("Recycled, if that is possible."),
            _joins("It is. I will send you two proofs today."),
        ),
        "menu",
        lead=("hello@lighthouse-cafe.example", "Lighthouse Café"),
    ),
    Story(41, (_asks("Wird mein Standort gespeichert?"), _REFUSES), "window", language="de"),
    Story(
        6,
        (
            _asks("What is shown when a code has ended?"),
            _answers("Its fallback, or a page that says so.", "concepts"),
        ),
        "fest24",
        state=OPEN,
    ),
    Story(
        1.2,
        (
            _asks("Does a repeat cost me anything?"),
            _answers(_REPEAT, "concepts"),
            _asks("I meant my plan. Is a person there?"),
            _joins("Yes. Repeats are set apart, and people are what you are shown."),
            _asks("Good. And robots?"),
        ),
        "menu",
        state="held",
    ),
    Story(
        0.02,
        (
            _asks("Can you move our codes from another service?"),
            _REFUSES,
            _asks("Then I would like to talk to a person."),
        ),
        "bag",
        page="/docs/codes",
        state="waiting",
    ),
)
