"""Turns a template into a message: text and HTML, with the styles inlined for mail programs."""

from functools import cache
from typing import Any

from flask import current_app

from pitchbar.clients.mailer import Mail
from pitchbar.core.assets import ROOT


def compose(template: str, *, to: str, subject: str, **context: Any) -> Mail:
    """Renders `emails/<template>.txt` and `.html`, e.g. template "workspaces/invitation"."""

    # Not Flask's render_template: jobs send mail too, and a page's frame belongs to a request.
    def render(ending: str) -> str:
        found = current_app.jinja_env.get_template(f"emails/{template}.{ending}")
        return found.render(subject=subject, **context)

    text, html = render("txt"), render("html")
    return Mail(to, subject, text.strip() + "\n", _inliner().inline(html))


@cache
def _inliner() -> Any:
    import css_inline

    style = (ROOT / "templates" / "emails" / "style.css").read_text()
    # Nothing is fetched while a message is made: the one style sheet is given here.
    return css_inline.CSSInliner(extra_css=style, load_remote_stylesheets=False)
