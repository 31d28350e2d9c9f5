"""What a form for a code would make, before anything is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from pitchbar.codes.addresses import address_prefix, plain_prefix
from pitchbar.codes.addressing import find_usable_domain
from pitchbar.codes.destinations import clean_destination
from pitchbar.codes.errors import InvalidDestination, InvalidShortCode, UnusableDomain
from pitchbar.codes.models import Code
from pitchbar.codes.pictures import draw_sample
from pitchbar.codes.services import SHORT_CODE, find_holder
from pitchbar.core.tagging import set_utm
from pitchbar.core.text import storable
from pitchbar.core.utm import UTM_COLUMNS, UTM_MAX_LENGTH
from pitchbar.domains.models import Domain
from pitchbar.settings import Settings
from pitchbar.workspaces.models import Workspace

# As long as those that are chosen at random, so that the picture has the right density.
SAMPLE = "k7xw2mp"
LEVELS = ("L", "M", "Q", "H")


@dataclass(frozen=True)
class Note:
    """What is said at a field; `meant` is what to put there instead. Good, or in need of a hand."""

    text: str = ""
    is_good: bool = False
    meant: str = ""


@dataclass(frozen=True)
class Preview:
    """`is_sample`: the symbol is not the one that will be printed, as no short code is known yet.

    `opens` is where a scan would lead, in pieces: text, and whether it is one of the tags.
    """

    name: str
    prefix: str
    link: str
    is_sample: bool
    symbol: Markup
    opens: list[tuple[str, bool]]
    short_code: Note
    destination: Note


def preview_code(
    workspace: Workspace, settings: Settings, typed: Mapping[str, Any], code: Code | None = None
) -> Preview:
    """`typed` are a form's fields as they stand, right or wrong; `code` the one they change."""
    domain = code.domain if code else _find_domain(workspace, typed)
    chosen = code.present_short_code if code else _text(typed, "short_code", 80).lower()
    note = Note() if code else _check_short_code(workspace, chosen, domain)
    is_sample = not chosen or not (note.is_good or code)
    prefix = address_prefix(settings, domain)
    link = prefix + (SAMPLE if is_sample else chosen)
    level = typed.get("error_correction")
    destination, opens = _check_destination(typed, settings)
    return Preview(
        name=_text(typed, "name", 200),
        prefix=plain_prefix(settings, domain),
        link=link,
        is_sample=is_sample,
        symbol=draw_sample(workspace, code, link, level if level in LEVELS else "M"),
        opens=opens,
        short_code=note,
        destination=destination,
    )


def _find_domain(workspace: Workspace, typed: Mapping[str, Any]) -> Domain | None:
    """Our own host where none of that name can be used: saving will say so."""
    try:
        return find_usable_domain(workspace, _text(typed, "domain", 253))
    except UnusableDomain:
        return None


def _check_short_code(workspace: Workspace, chosen: str, domain: Domain | None) -> Note:
    if not chosen:
        return Note()
    if not SHORT_CODE.fullmatch(chosen):
        return Note(InvalidShortCode().message)
    holder = find_holder(chosen, domain)
    if holder is None:
        return Note("Free", is_good=True)
    if holder.workspace_id != workspace.id:
        return Note("Taken")
    # Of one's own codes one may know which it is.
    return Note("Used by a deleted code" if holder.deleted_at else f"Taken by “{holder.name}”")


def _check_destination(
    typed: Mapping[str, Any], settings: Settings
) -> tuple[Note, list[tuple[str, bool]]]:
    url = _text(typed, "destination_url", 4096)
    if not url:
        return Note(), []
    try:
        cleaned = clean_destination(url, settings)
    except InvalidDestination as error:
        return Note(error.message, meant=error.meant), []
    values = [_text(typed, name, UTM_MAX_LENGTH) for name in UTM_COLUMNS]
    return Note(is_good=True), _pieces(set_utm(cleaned, values, [])[0])


def _pieces(address: str) -> list[tuple[str, bool]]:
    """Each tag apart, together with the sign before it."""
    base, hash_sign, fragment = address.partition("#")
    path, question_mark, query = base.partition("?")
    pieces, sign = [(path, False)], question_mark
    for pair in query.split("&") if query else []:
        pieces.append((sign + pair, pair.startswith("utm_")))
        sign = "&"
    return [*pieces, (hash_sign + fragment, False)]


def _text(typed: Mapping[str, Any], name: str, most: int) -> str:
    return storable(str(typed.get(name) or "")).strip()[:most]
