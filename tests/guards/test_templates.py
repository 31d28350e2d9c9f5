"""Templates hold together, and keep to the content security policy."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from pitchbar.core.assets import ROOT, STATIC

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MOST_COLUMNS = 140
STYLES = [path for path in STATIC.rglob("*.css") if "vendor" not in path.parts]
SCRIPTS = [path for path in STATIC.rglob("*.js") if "vendor" not in path.parts]

_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
# What the policy forbids; browsers would drop it in silence.
_INLINE = {
    "script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"""\sstyle\s*=\s*["'{]""", re.IGNORECASE),
    "event attribute": re.compile(r"""\s(hx-)?on[a-z:-]+\s*=\s*["'{]""", re.IGNORECASE),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
    "other site": re.compile(r"""\s(src|href)\s*=\s*["'](https?:)?//""", re.IGNORECASE),
}
_ICON = re.compile(r"""\b(?:icon\(|sign=)\s*["']([a-z0-9-]+)["']""")


def source_of(path: object) -> str:
    return _COMMENT.sub("", (ROOT / str(path)).read_text())


def all_found(pattern: str) -> Iterator[tuple[str, str]]:
    for path in TEMPLATES:
        for found in re.findall(pattern, source_of(path)):
            yield str(path.relative_to(ROOT)), found


def test_there_are_templates_to_look_at() -> None:
    assert len(TEMPLATES) > 20
    assert STYLES
    assert SCRIPTS


def test_no_line_is_too_long_to_be_read() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > MOST_COLUMNS
    ]
    assert long == []


def test_every_template_parses(app: Flask) -> None:
    for path in TEMPLATES:
        app.jinja_env.get_template(str(path.relative_to(ROOT / "templates")))


@pytest.mark.parametrize("kind", _INLINE)
def test_no_template_holds_what_the_policy_forbids(kind: str) -> None:
    guilty = [path.name for path in TEMPLATES if _INLINE[kind].search(source_of(path))]
    assert guilty == []


def test_every_asset_that_a_template_names_exists() -> None:
    named = set(all_found(r"""asset\(["']([^"']+)["']\)"""))
    assert named
    assert [pair for pair in named if not (STATIC / pair[1]).is_file()] == []


def test_every_endpoint_that_a_template_names_exists(app: Flask) -> None:
    named = set(all_found(r"""url_for\(\s*["']([^"']+)["']"""))
    assert named
    assert [pair for pair in named if pair[1] not in app.view_functions] == []


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = next(STATIC.glob("vendor/lucide@*/sprite.svg")).read_text()
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    named = {(path.name, name) for path in TEMPLATES for name in _ICON.findall(source_of(path))}
    assert named
    assert [pair for pair in named if pair[1] not in drawn] == []


def test_every_form_that_posts_carries_a_token() -> None:
    # Neither the edge nor an open page knows a session that a forged form could use.
    for path in (path for path in TEMPLATES if path.parent.name not in ("public", "open_stats")):
        for form in re.split(r"<form\b", source_of(path))[1:]:
            head, _, rest = form.partition(">")
            if 'method="post"' in head:
                # That of a visitor says who sends it, and nobody else can make it.
                inside = rest.partition("</form>")[0]
                assert "csrf" in inside or 'name="token"' in inside, path


def test_every_file_that_a_style_sheet_or_script_names_exists() -> None:
    for path in STYLES:
        for name in re.findall(r"""url\(["']?([^"')]+?)["']?\)""", path.read_text()):
            assert name.startswith("data:") or (path.parent / name).is_file(), (path.name, name)
    for path in SCRIPTS:
        for name in re.findall(r"""(?:from|import)\s+["'](\.[^"']+)["']""", path.read_text()):
            assert (path.parent / name).is_file(), (path.name, name)
