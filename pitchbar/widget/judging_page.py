"""What a page that was reached means for an agent: whether it would show itself there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from pitchbar.chat.origins import allows, is_restricted, read_origin
from pitchbar.widget.csp import Asked, Policy, find_blocked, read_policies, wants_nonce
from pitchbar.widget.findings import Finding, bad, ok, warn
from pitchbar.widget.page_facts import PageFacts, Tag


@dataclass(frozen=True)
class Expected:
    """Of an agent and this installation; `others` are the workspace's other agents by public id."""

    public_id: str
    is_published: bool
    allowed_origins: Sequence[str]
    restricted_paths: Sequence[str]
    others: Mapping[str, str]
    app_url: str
    widget_url: str
    hash: str
    modules: Sequence[str]

    @property
    def api(self) -> str:
        return f"{self.app_url}/api/v1/widget"

    @property
    def origins(self) -> set[str | None]:
        return {read_origin(self.app_url), read_origin(self.widget_url)}


def judge_page(
    facts: PageFacts, url: str, headers: Mapping[str, str], expected: Expected
) -> list[Finding]:
    """`url` is where the page was in the end."""
    tags = facts.in_place("page")
    findings = [_presence(facts, tags)]
    if tags:
        findings += [*_agent(tags, expected), *_address(tags[0], url, expected)]
    findings += [_published(expected), _origin(url, expected), _path(url, expected)]
    policies = read_policies(", ".join([headers.get("content-security-policy", "")]))
    policies += [policy for one in facts.policies for policy in read_policies(one)]
    findings.append(_policy(policies, tags[0] if tags else None, url, expected))
    return findings


def _presence(facts: PageFacts, tags: Sequence[Tag]) -> Finding:
    if len(tags) == 1:
        return ok("snippet", "The snippet is there, once.")
    if tags:
        return Finding(
            "snippet",
            "note",
            f"The snippet is there {len(tags)} times.",
            "Once is enough: the widget shows itself once all the same. Often a plugin and the "
            "theme both bring it.",
        )
    return next(_absences(facts))


def _absences(facts: PageFacts) -> Iterator[Finding]:
    """Why browsers do not find it; the first is the likeliest."""
    if facts.in_place("held"):
        hint = "Your consent banner or a plugin for speed decides when. Try it as a visitor would."
        yield warn("snippet", "Another script of the page holds the snippet back.", hint)
    if facts.is_put_by_script:
        hint = "We read pages and run no scripts. Open the page and look for the button."
        yield warn("snippet", "A script of the page puts the snippet there.", hint)
    if facts.in_place("comment"):
        hint = "Take away the <!-- before it and the --> behind it."
        yield bad("snippet", "The snippet stands in a comment, which browsers leave out.", hint)
    if facts.in_place("noscript"):
        hint = "Put it outside of <noscript>, such as right before </body>."
        yield bad("snippet", "The snippet stands in a <noscript>, which browsers skip.", hint)
    if facts.in_place("template"):
        hint = "Put it outside of <template>, such as right before </body>."
        yield bad("snippet", "The snippet stands in a <template>, which browsers do not run.", hint)
    if facts.container:
        named = f" ({facts.container})" if facts.container != "yes" else ""
        hint = "We run no scripts, so open the page and look for the button."
        text = f"The snippet is not in the page itself, but Google Tag Manager{named} may bring it."
        yield warn("snippet", text, hint)
    hint = (
        "Put it right before </body>. If you did: a cache before your site may show the page of "
        "before for a while."
    )
    yield bad("snippet", "The snippet is not in this page.", hint)


def _agent(tags: Sequence[Tag], expected: Expected) -> Iterator[Finding]:
    if any(one.is_curly for one in tags):
        hint = 'An editor turned plain quotes (") into curly ones. Paste the snippet as code.'
        yield bad("agent", "The quotes in the snippet are curly, so browsers misread it.", hint)
        return
    named = {one.agent for one in tags}
    if named == {expected.public_id}:
        yield ok("agent", "It names this agent.")
        return
    if named == {""}:
        yield bad("agent", "It names no agent: data-agent is missing.", "Copy the snippet anew.")
        return
    strange = next(one for one in tags if one.agent and one.agent != expected.public_id).agent
    other = expected.others.get(strange)
    said = f"“{other}”" if other else strange[:40]
    if expected.public_id in named:
        hint = "The first one shows itself. Take the other away."
        yield warn("agent", f"It is there for this agent and for another: {said}.", hint)
    else:
        hint = "Copy the snippet of this agent, or check the page from the other one's page."
        yield bad("agent", f"It names another agent: {said}.", hint)


def _address(tag: Tag, url: str, expected: Expected) -> Iterator[Finding]:
    parts = urlsplit(tag.url)
    origin = read_origin(f"{parts.scheme}://{parts.netloc}")
    if origin not in expected.origins or parts.path != "/widget/widget.js":
        text = f"It loads from {parts.netloc[:100] or tag.src[:100]}, which is not this Pitchbar."
        yield bad("address", text, "Copy the snippet anew.")
        return
    if urlsplit(url).scheme == "https" and parts.scheme == "http":
        text = "The page is encrypted and the snippet is not, so browsers refuse it."
        yield bad("address", text, "Write https:// in its src.")
        return
    if origin != read_origin(expected.app_url) and tag.api != expected.api:
        text = "It does not say where the chat's calls go: data-api is missing or wrong."
        yield bad("address", text, "Copy the snippet anew.")
        return
    if parse_qs(parts.query).get("v") == [expected.hash]:
        yield ok("address", "It loads the current version.")
        return
    hint = "It works: visitors get the current version all the same. Copy it anew at leisure."
    yield Finding("address", "note", "It names an earlier version.", hint)


def _published(expected: Expected) -> Finding:
    if expected.is_published:
        return ok("published", "The agent is published.")
    return bad("published", "The agent is a draft, which nobody meets.", "Publish it.")


def _origin(url: str, expected: Expected) -> Finding:
    parts = urlsplit(url)
    origin = read_origin(f"{parts.scheme}://{parts.netloc}") or ""
    if origin in expected.origins or allows(expected.allowed_origins, origin):
        return ok("origin", f"{origin} may show it.")
    return bad("origin", f"{origin} may not show it.", "Add it to the sites of the agent.", origin)


def _path(url: str, expected: Expected) -> Finding:
    path = urlsplit(url).path or "/"
    if is_restricted(expected.restricted_paths, url):
        hint = "That is what you chose. Change the paths of the agent if it is to be here."
        return bad("path", f"The agent does not show itself on {path[:200]}.", hint)
    return ok("path", "Its path is not left out.")


def _policy(policies: Sequence[Policy], tag: Tag | None, url: str, expected: Expected) -> Finding:
    if not policies:
        return ok("policy", "No Content-Security-Policy stands in its way.")
    script = tag.url if tag else f"{expected.widget_url}/widget/widget.js"
    asked = Asked(
        page=url,
        script=script,
        modules=[f"{expected.widget_url}/widget/{one}" for one in expected.modules],
        calls=f"{expected.api}/look",
        nonce=tag.nonce if tag else "",
        integrity=tag.integrity if tag else "",
    )
    blocked = find_blocked(policies, asked)
    if not blocked:
        return ok("policy", "Its Content-Security-Policy lets everything through.")
    *others, last = [_KEPT_OUT[one] for one in blocked]
    kept_out = f"{', '.join(others)} and {last}" if others else last
    scripts, calls = policy_lines(expected.widget_url, expected.app_url)
    lines = [calls] if "calls" in blocked else []
    text, hint = f"Its Content-Security-Policy keeps out {kept_out}.", "Add this to it:"
    if wants_nonce(policies) and "script" in blocked:
        # Where trust is handed on, hosts may count for nothing.
        more = ", and add this:" if lines else "."
        hint = f"Give the snippet the page's nonce, as its other scripts have it{more}"
    elif blocked != ["calls"]:
        lines = [scripts, *lines]
    return bad("policy", text, hint, "\n".join(lines))


_KEPT_OUT = {
    "script": "the script",
    "files": "the files that it loads",
    "calls": "the chat's calls",
}


def policy_lines(widget_url: str, app_url: str) -> tuple[str, str]:
    """What a page's policy must let through, in its words: scripts, and calls."""
    return f"script-src {widget_url}/widget/;", f"connect-src {app_url}/api/v1/widget/;"
