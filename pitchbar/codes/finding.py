"""Codes in the command palette."""

from collections.abc import Iterator

from flask import url_for

from pitchbar.codes.filtering import CodeFilter
from pitchbar.codes.models import Code
from pitchbar.codes.queries import list_codes_before
from pitchbar.core.features import Offer
from pitchbar.workspaces.models import Workspace

_MOST = 6


def _short(code: Code) -> str:
    """On an own domain with its name, as several may have the same short code."""
    host = f"{code.domain.name}/" if code.domain else "/t/"
    return host + code.present_short_code


def find_codes(workspace: Workspace, words: str) -> Iterator[Offer]:
    """By name, short code, destination, campaign or label, archived ones too; newest first."""
    which = CodeFilter(search=words)
    for code in list_codes_before(workspace, before_id=None, count=_MOST, which=which):
        url = url_for("codes.show", slug=workspace.slug, code_id=code.id)
        yield Offer("Codes", "qr-code", code.name, url, note=_short(code))
