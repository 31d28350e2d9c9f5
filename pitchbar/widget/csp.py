"""Content Security Policy, as far as it decides about a script and its calls (CSP Level 3)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_SOURCE = re.compile(
    r"(?:([a-z][a-z0-9+.-]*)://)?(\*|(?:\*\.)?[a-z0-9_.-]+|\[[0-9a-f:.]+\])"
    r"(?::(\d{1,5}|\*))?(/[^?#]*)?",
    re.I,
)
# Where the one that is asked is missing, the next one says.
_SCRIPTS = ("script-src-elem", "script-src", "default-src")
_CALLS = ("connect-src", "default-src")

Policy = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Asked:
    """What a page would load: the script with its `nonce` and `integrity` as its tag says, the
    files that it imports, and the address of its calls.
    """

    page: str
    script: str
    modules: Sequence[str]
    calls: str
    nonce: str = ""
    integrity: str = ""


def read_policies(text: str) -> list[Policy]:
    """Of a header; several are divided by commas, and each holds by itself."""
    return [policy for part in text.split(",") if (policy := _read(part))]


def _read(text: str) -> Policy:
    directives: dict[str, Sequence[str]] = {}
    for part in text.split(";"):
        name, *sources = part.split() or [""]
        # Of two of the same name, the first counts.
        if name:
            directives.setdefault(name.lower(), sources)
    return directives


def find_blocked(policies: Sequence[Policy], asked: Asked) -> list[str]:
    """Of `script`, `files` and `calls`, what they keep out."""
    kept_out = {
        "script": any(not _lets_script(one, asked, asked.script) for one in policies),
        "files": any(
            not _lets_script(one, asked, module) for one in policies for module in asked.modules
        ),
        "calls": any(not _lets_call(one, asked) for one in policies),
    }
    return [name for name, is_out in kept_out.items() if is_out]


def _lets_script(policy: Policy, asked: Asked, url: str) -> bool:
    """What a script imports has its nonce, and its trust where that is handed on."""
    if "sandbox" in policy and "allow-scripts" not in policy["sandbox"]:
        return False
    sources = _sources(policy, _SCRIPTS)
    if sources is None:
        return True
    if _names_nonce(sources, asked) or _names_digest(sources, asked, url):
        return True
    words = {one.lower() for one in sources}
    if "'strict-dynamic'" in words:
        # Hosts count for nothing then.
        return url != asked.script and _names_digest(sources, asked, asked.script)
    return any(matches(one, url, asked.page) for one in sources)


def _lets_call(policy: Policy, asked: Asked) -> bool:
    sources = _sources(policy, _CALLS)
    return sources is None or any(matches(one, asked.calls, asked.page) for one in sources)


def _sources(policy: Policy, names: Sequence[str]) -> Sequence[str] | None:
    return next((policy[name] for name in names if name in policy), None)


def _names_nonce(sources: Sequence[str], asked: Asked) -> bool:
    return bool(asked.nonce) and f"'nonce-{asked.nonce}'" in sources


def _names_digest(sources: Sequence[str], asked: Asked, url: str) -> bool:
    digests = asked.integrity.split() if url == asked.script else []
    return bool(digests) and all(f"'{one}'" in sources for one in digests)


def wants_nonce(policies: Sequence[Policy]) -> bool:
    """Whether scripts are let in by a word that each page says anew."""
    return any(
        one.startswith("'nonce-") for policy in policies for one in _sources(policy, _SCRIPTS) or ()
    )


def matches(source: str, url: str, page: str) -> bool:
    """Whether an entry such as `https://*.shop.example/js/` means this address."""
    own, wanted = urlsplit(page), urlsplit(url)
    word = source.lower()
    if word == "'self'":
        return _is_same(own.scheme, wanted.scheme) and (
            (own.hostname, _port(own)) == (wanted.hostname, _port(wanted))
            or (own.hostname == wanted.hostname and {_port(own), _port(wanted)} == {80, 443})
        )
    if word == "*":
        return wanted.scheme in _PORTS
    if re.fullmatch(r"[a-z][a-z0-9+.-]*:", word):
        return _is_same(word[:-1], wanted.scheme)
    found = _SOURCE.fullmatch(source)
    return found is not None and _means(found, wanted, own.scheme)


def _means(found: re.Match[str], wanted: SplitResult, own_scheme: str) -> bool:
    scheme, host, port, path = found[1], found[2].lower().strip("[]"), found[3], found[4]
    there = (wanted.hostname or "").lower()
    if not _is_same((scheme or own_scheme).lower(), wanted.scheme):
        return False
    if not (host in ("*", there) or (host.startswith("*.") and there.endswith(host[1:]))):
        return False
    if port is None:
        is_port = _port(wanted) in {_PORTS.get(wanted.scheme)}
    else:
        is_port = port == "*" or int(port) == _port(wanted)
    return is_port and _is_path(path, wanted.path)


def _is_path(path: str | None, wanted: str) -> bool:
    if not path or path == "/":
        return True
    path, wanted = unquote(path), unquote(wanted)
    return wanted.startswith(path) if path.endswith("/") else wanted == path


def _is_same(said: str, wanted: str) -> bool:
    """A plain scheme means its encrypted one as well."""
    return said == wanted or (said, wanted) in {("http", "https"), ("ws", "wss")}


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
