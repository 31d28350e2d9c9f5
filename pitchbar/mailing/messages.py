"""Turns a template into a message: text and HTML, with the styles inlined for mail programs."""

from functools import cache
from typing import Any

from flask import current_app

from pitchbar.clients.mail_format import Mail
from pitchbar.core.assets import ROOT


def compose(template: str, *, to: str, subject: str, **context: Any) -> Mail:
    """Renders `emails/<template>.txt` and `.html`, e.g. template "workspaces/invitation".

    With an `unsubscribe_url` in its context, both end with it.
    """

    # Not Flask's render_template: jobs send mail too, and a page's frame belongs to a request.
    def render(ending: str) -> str:
        found = current_app.jinja_env.get_template(f"emails/{template}.{ending}")
        return found.render(subject=subject, **context)

    text, html = render("txt").strip(), render("html")
    if way_out := context.get("unsubscribe_url"):
        text += f"\n\nGet no more of these:\n{way_out}"
    return Mail(to, subject, text + "\n", _inliner().inline(html))


@cache
def _inliner() -> Any:
    import css_inline

    style = (ROOT / "templates" / "emails" / "style.css").read_text()
    # Nothing is fetched while a message is made: the one style sheet is given here. What depends on
    # the reader's screen cannot be inlined, and stays.
    return css_inline.CSSInliner(extra_css=style, load_remote_stylesheets=False, keep_at_rules=True)
