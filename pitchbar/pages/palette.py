"""The command palette: every page, what can be done, and what people made, for whoever asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from flask import Blueprint, Response, current_app, g, request, session, url_for
from flask_login import current_user

from pitchbar.core.features import Feature, NavigationItem, Offer, Section
from pitchbar.core.htmx import render
from pitchbar.core.text import storable
from pitchbar.workspaces.access import may, requires, role_may_in
from pitchbar.workspaces.mine import my_memberships
from pitchbar.workspaces.models import Membership, Workspace

bp = Blueprint("palette", __name__, url_prefix="/w/<slug>/palette")

_PAGES, _ACTS, _WORKSPACES, _YOU = "Pages", "Actions", "Workspaces", "You"


@dataclass(frozen=True)
class Palette:
    """What stands in it before anything is typed.

    Attributes:
        find_url: where what people made is looked for; empty for who is in no workspace.
        groups: by their titles; those after the results are `after`.
    """

    find_url: str
    groups: dict[str, list[Offer]]
    after: dict[str, list[Offer]]

    @property
    def with_keys(self) -> list[Offer]:
        both = (*self.groups.values(), *self.after.values())
        return [offer for group in both for offer in group if offer.keys]


@bp.get("")
@requires("view")
def find(workspace: Workspace) -> Response:
    words = storable(request.args.get("q", "").strip()[:200])
    offers = [
        offer
        for feature in _features()
        for finder in feature.finders
        if may(finder.right)
        for offer in finder.find(workspace, words)
    ]
    return render("layouts/_palette_found.html", groups=_by_group(offers))


@bp.app_template_global("palette")
def load_palette() -> Palette:
    """For this request's person, in this request's workspace or the one that they came from."""
    memberships = my_memberships()
    home = _home(list(memberships))
    inside = [*_pages(home), *_acts(home)] if home else []
    outside = [*_workspaces(home, list(memberships)), *_own()]
    outside += [one for feature in _features() if feature.offers for one in feature.offers()]
    find_url = url_for("palette.find", slug=home.workspace.slug) if home else ""
    return Palette(find_url, _by_group(inside), _by_group(outside))


def _home(memberships: list[Membership]) -> Membership | None:
    here = g.get("workspace")
    slug = here.slug if here else session.get("account_from")
    found = (one for one in memberships if one.workspace.slug == slug)
    return next(found, memberships[0] if memberships else None)


def _pages(home: Membership) -> Iterator[Offer]:
    acts = {act.endpoint for feature in _features() for act in feature.acts}
    items: tuple[NavigationItem, ...] = current_app.extensions["navigation"]
    items = tuple(sorted(items, key=lambda item: get_args(Section).index(item.section)))
    below = [each for item in items for each in item.below if each.endpoint not in acts]
    for item in (*items, *below):
        if _may(home, item.right):
            url = url_for(item.endpoint, slug=home.workspace.slug)
            yield Offer(_PAGES, item.icon, item.label, url, keys=item.keys, words=item.section)


def _acts(home: Membership) -> Iterator[Offer]:
    acts = [act for feature in _features() for act in feature.acts]
    # What has a key is done most often.
    for act in sorted(acts, key=lambda act: not act.keys):
        if _may(home, act.right):
            url = url_for(act.endpoint, slug=home.workspace.slug, _anchor=act.anchor or None)
            yield Offer(_ACTS, act.icon, act.label, url, keys=act.keys, words="new add make")


def _workspaces(home: Membership | None, memberships: list[Membership]) -> Iterator[Offer]:
    for one in memberships:
        if home is None or one.workspace_id != home.workspace_id:
            url = url_for("pages.overview", slug=one.workspace.slug)
            words = "switch workspace"
            yield Offer(_WORKSPACES, "layers", one.workspace.name, url, "Switch", words=words)
    if current_user.is_authenticated:
        yield Offer(_WORKSPACES, "plus", "New workspace", url_for("workspaces.new"))


def _own() -> Iterator[Offer]:
    if current_user.is_authenticated:
        here = g.get("workspace")
        url = url_for("profile.show", **({"from": here.slug} if here else {}))
        words = "account profile password sessions two-factor"
        yield Offer(_YOU, "user-round", "Your account", url, keys="g y", words=words)


def _may(home: Membership, right: str) -> bool:
    return role_may_in(home.workspace, home.role, right)


def _features() -> tuple[Feature, ...]:
    found: tuple[Feature, ...] = current_app.extensions["features"]
    return found


def _by_group(offers: list[Offer]) -> dict[str, list[Offer]]:
    groups: dict[str, list[Offer]] = {}
    for offer in offers:
        groups.setdefault(offer.group, []).append(offer)
    return groups
