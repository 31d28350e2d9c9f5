"""What a feature's folder offers to the application, declared once in its `feature.py`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal

import click
from flask import Blueprint, Flask

from pitchbar.core.checks import Check

Section = Literal["Track", "Talk", "Manage"]


@dataclass(frozen=True)
class NavigationItem:
    """A page in the rail.

    Attributes:
        position: its place within the section, smallest first.
        right: who sees it, a right of `workspaces/roles.py`.
        endpoint: takes the workspace's slug.
        icon: a name of the icon set.
        below: small entries under it, such as the page that makes a new one.
        keys: what is typed to go there, such as "g o".
        in_bar: whether it stands in the bar of small screens, which has room for five; else in the
            menu of the workspace.
        count: called with the workspace, gives an element with what waits there; empty for nothing.
    """

    section: Section
    position: int
    right: str
    endpoint: str
    icon: str
    label: str
    below: tuple["NavigationItem", ...] = ()
    keys: str = ""
    in_bar: bool = True
    count: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Act:
    """Something to do in a workspace, offered by the command palette.

    Attributes:
        right: who may, a right of `workspaces/roles.py`.
        endpoint: the page on which it is done; takes the workspace's slug.
        keys: what is typed to get there, such as "c".
        anchor: the part of that page.
    """

    right: str
    endpoint: str
    icon: str
    label: str
    keys: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Offer:
    """One line of the command palette; `words` are further ones under which it is found."""

    group: str
    icon: str
    label: str
    url: str
    note: str = ""
    keys: str = ""
    words: str = ""


@dataclass(frozen=True)
class Finder:
    """Finds what people made in a workspace, by what they type into the command palette.

    Attributes:
        right: whose eyes it is for, a right of `workspaces/roles.py`.
        find: called with the workspace and the words; with none, the newest come first.
    """

    right: str
    find: Callable[[Any, str], Iterable[Offer]]


@dataclass(frozen=True)
class ErrorFrame:
    """Where an error is shown: a template that says it within the feature's pages, and what it
    takes beside the error itself.
    """

    template: str
    values: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Feature:
    """Collected from `pitchbar/<name>/feature.py` by `pitchbar/features.py`.

    Attributes:
        requires: features whose subscribers and demo data must be there before.
        blueprints: pages; each form posts a token against forgery.
        api_blueprints: for programs that send a bearer token, which no browser sends by itself.
        tasks: the modules that declare its jobs.
        configure: sets up what else the application needs.
        subscribe: tells `events` what this feature wants to hear of.
        navigation: entries in the rail of a workspace; the command palette shows them, too.
        acts: what else the palette offers to do.
        finders: what it looks through.
        offers: what it offers to this request's person beyond a workspace.
        error_frame: the frame of this request's page, by the status of the error; None when the
            request is not within the feature's pages, or for others' eyes.
        hot_templates: of pages that have to be quick for the first who opens them, too.
        commands: `pitchbar <name>` for operators.
        checks: what `pitchbar release-check` is to look at.
        make_demo: fills the demo; called with the workspace and its owner.
    """

    requires: tuple[str, ...] = ()
    blueprints: tuple[Blueprint, ...] = ()
    api_blueprints: tuple[Blueprint, ...] = ()
    tasks: tuple[ModuleType, ...] = ()
    configure: Callable[[Flask], None] | None = None
    subscribe: Callable[[], None] | None = None
    navigation: tuple[NavigationItem, ...] = ()
    acts: tuple[Act, ...] = ()
    finders: tuple[Finder, ...] = ()
    offers: Callable[[], Iterable[Offer]] | None = None
    error_frame: Callable[[int], ErrorFrame | None] | None = None
    hot_templates: tuple[str, ...] = ()
    commands: tuple[click.Command, ...] = ()
    checks: tuple[Check, ...] = ()
    make_demo: Callable[[Any, Any], None] | None = None
