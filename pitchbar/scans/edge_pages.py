"""The plain pages for a code that does not redirect. No Flask: the edge serves them.

Each is one small answer that needs no other: its style and its icon stand in it, so that it looks
right wherever it is served, and its policy allows that style alone.
"""

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from pitchbar.core.assets import ROOT
from pitchbar.scans.page_colours import OURS, find_shades
from pitchbar.scans.page_states import STATES, State
from pitchbar.scans.page_texts import RIGHT_TO_LEFT, choose_tag, texts_in
from pitchbar.scans.page_times import describe_moment

_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' "
    "stroke='%23{}' stroke-width='2'%3E%3Cpath d='M3 3h7v7H3zM14 3h7v7h-7zM3 14h7v7H3z'/%3E"
    "%3C/svg%3E"
)
_CACHED = 1024
# Browsers ask this also of where an answer to the form leads: any destination.
_FORM_TARGETS = "'self' https: http:"
_NO_TARGETS = "'none'"


class Moment(NamedTuple):
    """`milliseconds` since 1970, told by the clock of `time_zone`."""

    milliseconds: int
    time_zone: str


class EdgePages:
    """Renders once and keeps the bytes; what is asked for least goes first."""

    def __init__(self) -> None:
        # Not Flask's environment: this runs in the edge process too.
        environment = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
        self._css = (ROOT / "templates/public/code_state.css").read_text().replace("\n", "")
        self._template = environment.get_template("public/code_state.html")
        self._render = lru_cache(maxsize=_CACHED)(self._render_now)

    def respond(
        self,
        page: str,
        environ: dict[str, Any],
        start_response: Callable[..., Any],
        *headers: tuple[str, str],
        name: str | None = None,
        colour: str = "",
        starts: Moment | None = None,
    ) -> Iterable[bytes]:
        """Starts the response and returns its body, which a HEAD request does not get.

        Args:
            page: a key of STATES.
            name, colour: of the workspace, if it is known.
            starts: when the code begins to lead on.
        """
        tag = choose_tag(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        # Only a moment is written in the way of a region; else a page is kept once for all.
        tag = tag if starts else tag.partition("-")[0]
        body, policy = self._render(page, tag, name, colour, starts)
        start_response(
            STATES[page].status,
            [
                ("Content-Type", "text/html; charset=utf-8"),
                ("Content-Length", str(len(body))),
                ("Cache-Control", "no-store, private"),
                ("Content-Security-Policy", policy),
                ("X-Content-Type-Options", "nosniff"),
                ("X-Robots-Tag", "noindex, nofollow"),
                ("Referrer-Policy", "no-referrer"),
                *headers,
            ],
        )
        return () if environ["REQUEST_METHOD"] == "HEAD" else (body,)

    def _render_now(
        self, page: str, tag: str, name: str | None, colour: str, starts: Moment | None
    ) -> tuple[bytes, str]:
        """The page, and its policy."""
        language, state = tag.partition("-")[0], STATES[page]
        texts = texts_in(language)
        style = _style_of(colour) + self._css
        brand = find_shades(colour, "light").brand
        html = self._template.render(
            language=language,
            direction="rtl" if language in RIGHT_TO_LEFT else "ltr",
            style=Markup("<style>{}</style>").format(Markup(style)),  # noqa: S704  # ours
            icon=_ICON.format(brand.removeprefix("#")),
            mark=Markup('<path d="{}"/>').format(state.mark),
            title=texts[f"{state.texts}.title"],
            message=_message(state, texts, tag, starts),
            again=texts["again"] if state.may_pass else "",
            form=_form(state, texts),
            ask=_ask(state, texts, name),
            workspace_name=name,
        )
        return html.encode(), _policy(style, has_form=state.has_form)


def _message(state: State, texts: dict[str, str], tag: str, starts: Moment | None) -> str:
    if starts is None:
        return texts[f"{state.texts}.message"]
    return texts[f"{state.texts}.when"].format(**describe_moment(*starts, tag))


def _form(state: State, texts: dict[str, str]) -> dict[str, str] | None:
    if not state.has_form:
        return None
    error = texts[state.error] if state.error else ""
    return {"label": texts["password.label"], "button": texts["password.button"], "error": error}


def _ask(state: State, texts: dict[str, str], name: str | None) -> str:
    if not name:
        return ""
    return Markup(texts[state.ask]).format(  # noqa: S704  # ours, and what it is filled with is not
        workspace=Markup("<strong><bdi>{}</bdi></strong>").format(name)
    )


@lru_cache(maxsize=_CACHED)
def _style_of(colour: str) -> str:
    light, dark = (
        ";".join(
            f"--{name.replace('_', '-')}:{value}"
            for name, value in find_shades(colour or OURS, theme)._asdict().items()
        )
        for theme in ("light", "dark")
    )
    return f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def _policy(style: str, *, has_form: bool) -> str:
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
        f"form-action {_FORM_TARGETS if has_form else _NO_TARGETS}; frame-ancestors 'none'"
    )
