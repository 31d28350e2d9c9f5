"""The plans: what each allows, what it costs and what it has. One table, below all that asks for
it. How a plan is paid for is the business of `billing/`.

Over a limit nothing is lost and every code redirects: what is there stays and works, and only more
of it is refused (`workspaces/plan_limits.py`), or, of what comes by itself, set aside as
`Limit.at_limit` says.
"""

from dataclasses import dataclass

FREE, STARTER, GROWTH, SCALE = "free", "starter", "growth", "scale"


@dataclass(frozen=True)
class Limit:
    """Something that a plan allows so many of.

    Attributes:
        key: for programs, and the name of the field of `Plan`.
        title: on the page of usage.
        one, many: within a sentence.
        at_limit: what happens to more of it, as a sentence.
        advice: how room is made, as the beginning of a sentence; empty where time alone makes it.
        is_monthly: counted anew from the first of each month, by the workspace's clocks.
        takes_more: what comes beyond it is kept and counted, too.
    """

    key: str
    title: str
    one: str
    many: str
    at_limit: str
    advice: str = ""
    is_monthly: bool = False
    takes_more: bool = False

    def noun(self, count: int) -> str:
        return self.one if count == 1 else self.many


CODES = Limit(
    "codes",
    "Active codes",
    "active code",
    "active codes",
    "No further code can be made or restored. All that are there go on to redirect.",
    "Archive a code that you do not need",
)
SCANS = Limit(
    "scans",
    "Scans recorded",
    "scan",
    "scans",
    "Further scans are led on all the same, and not recorded until the month is over.",
    is_monthly=True,
)
CONVERSATIONS = Limit(
    "conversations",
    "Conversations",
    "conversation",
    "conversations",
    "New ones are kept, and wait in the inbox for a person: agents do not answer them. Those that "
    "are under way go on.",
    is_monthly=True,
    takes_more=True,
)
AGENTS = Limit(
    "agents",
    "Agents",
    "agent",
    "agents",
    "No further agent can be made. All that are there go on to answer.",
    "Delete an agent that you do not need",
)
SOURCES = Limit(
    "sources",
    "Sources",
    "source",
    "sources",
    "No further source can be added. All that are there go on to answer, and are read again.",
    "Delete a source that you do not need",
)
PAGES = Limit(
    "pages",
    "Pages read",
    "page",
    "pages",
    "Further pages are left out, and their source says which. What was read stays, and is read "
    "again. A file or a pasted text is one page.",
    "Delete a source, or leave some of its pages out",
)
MEMBERS = Limit(
    "members",
    "Members",
    "seat",
    "seats",
    "Nobody else can be invited. All who are there stay. Open invitations count.",
    "Remove somebody or revoke an invitation",
)
DOMAINS = Limit(
    "domains",
    "Domains",
    "domain",
    "domains",
    "No further domain can be added. All that are there go on to redirect.",
    "Remove a domain that you do not need",
)
LIMITS = (SCANS, CONVERSATIONS, CODES, AGENTS, SOURCES, PAGES, MEMBERS, DOMAINS)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Of each limit the most; None is no limit. `price` is in words, `features` are the lines of
    its card.
    """

    key: str
    name: str
    price: str
    features: tuple[str, ...]
    # Active ones.
    codes: int | None
    # Recorded in a month; further ones are led on.
    scans: int | None
    # Begun in a month; further ones wait for a person.
    conversations: int | None
    agents: int | None
    sources: int | None
    # That answer, of all sources together.
    pages: int | None
    # With those who are invited.
    members: int | None
    # Own short ones, proven or not.
    domains: int | None

    def most(self, limit: Limit) -> int | None:
        most: int | None = getattr(self, limit.key)
        return most


_ALL_HAVE = ("Every code redirects, whatever happens", "QR codes that lead anywhere, any time")

PLANS = {
    plan.key: plan
    for plan in (
        Plan(
            key=FREE,
            name="Free",
            price="$0",
            features=(*_ALL_HAVE, "An agent that answers from your pages"),
            codes=5,
            scans=1_000,
            conversations=100,
            agents=1,
            sources=3,
            pages=100,
            members=2,
            domains=1,
        ),
        Plan(
            key=STARTER,
            name="Starter",
            price="$19 a month",
            features=("All of Free", "Room for a shop and its team", "3 domains of your own"),
            codes=50,
            scans=25_000,
            conversations=500,
            agents=2,
            sources=10,
            pages=500,
            members=5,
            domains=3,
        ),
        Plan(
            key=GROWTH,
            name="Growth",
            price="$79 a month",
            features=("All of Starter", "Room for campaigns in print", "10 domains of your own"),
            codes=500,
            scans=250_000,
            conversations=3_000,
            agents=5,
            sources=50,
            pages=2_000,
            members=15,
            domains=10,
        ),
        Plan(
            key=SCALE,
            name="Scale",
            price="$249 a month",
            features=("All of Growth", "Codes and conversations without a limit", "50 domains"),
            codes=None,
            scans=2_500_000,
            conversations=None,
            agents=25,
            sources=250,
            pages=10_000,
            members=50,
            domains=50,
        ),
    )
}


def find_plan(key: str) -> Plan:
    """The plan of that key; Free for one that is not sold any more."""
    return PLANS.get(key, PLANS[FREE])
