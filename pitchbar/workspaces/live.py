"""Live panels on the pages of a workspace."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, make_response, request
from flask_login import current_user

from pitchbar.accounts.access import redirect_to_sign_in
from pitchbar.errors import Forbidden
from pitchbar.live import LivePanel, LiveView, add_live_panel
from pitchbar.workspaces.access import enter_workspace, requires
from pitchbar.workspaces.models import Workspace

_beside: list[Callable[[], LiveView]] = []


def register_beside(open: Callable[[], LiveView]) -> None:
    """For a feature above whose view every live page of a workspace shows: it is drawn with each
    panel, through the same socket.
    """
    if open not in _beside:
        _beside.append(open)


def add_workspace_panel(bp: Blueprint, right: str, open: Callable[[], LiveView]) -> None:
    """For members with the right: `/socket`, and `/fragments` with the same HTML for pages that
    cannot open one. `bp` stands under `/w/<slug>/…`; `open` finds the workspace in `g`.
    """

    def open_all() -> LiveView:
        return replace(open(), beside=tuple(one() for one in _beside))

    def live_fragments(workspace: Workspace, **_parts: Any) -> Response:
        return make_response(open_all().draw_all())

    def enter() -> None:
        if not current_user.is_authenticated:
            raise Forbidden("The session has ended.")
        enter_workspace((request.view_args or {})["slug"], right)

    bp.get("/fragments")(requires(right)(live_fragments))
    panel = LivePanel(access=right, identify=_redirect_strangers, enter=enter, open=open_all)
    add_live_panel(bp, panel)


def _redirect_strangers() -> Any:
    return None if current_user.is_authenticated else redirect_to_sign_in()
