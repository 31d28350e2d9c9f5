"""Pages that move when a scan arrives: the socket, and the polling beside it."""

import time
from collections.abc import Iterator

import httpx
import pytest
from flask import Flask
from simple_websocket import Client, ConnectionClosed
from sqlalchemy import delete

from pitchbar.codes.models import Code
from pitchbar.extensions import bus, db
from pitchbar.workspaces.models import Membership
from tests.pages.reading import figures_of
from tests.pages.watching import Served, serve
from tests.support.browsing import SITE, FormClient, sign_in
from tests.support.factories import People, make_code
from tests.support.outage import take_database_away
from tests.support.scans import store, visits

WAIT = 10.0


@pytest.fixture
def code(people: People) -> Code:
    return make_code(people.workspace)


@pytest.fixture
def served(app: Flask) -> Iterator[Served]:
    with serve(app) as served:
        yield served


@pytest.fixture
def socket(people: People) -> str:
    return f"/w/{people.workspace.slug}/live/socket"


def next_message(socket: Client) -> str:
    message = socket.receive(timeout=WAIT)
    assert isinstance(message, str)
    return message


def wait_for_end(socket: Client) -> int:
    """Reads on until the server closes; returns its reason."""
    try:
        while next_message(socket):
            pass
    except ConnectionClosed as end:
        reason: int = end.reason
    return reason


class TestMessages:
    def test_first_message_is_the_whole_board(
        self, served: Served, people: People, code: Code, socket: str
    ) -> None:
        store(*visits(code, 2))
        page = served.open(socket, people.member)
        board = next_message(page)
        for fragment in ('id="figures"', 'id="chart"', 'id="card-what"', 'id="recent-scans"'):
            assert board.count(fragment) == 1
        assert "<html" not in board
        assert figures_of(board) == (2, 2, 2)

    def test_scan_moves_the_figures_at_once(
        self, served: Served, people: People, code: Code, socket: str
    ) -> None:
        pages = [
            served.open(socket, people.owner),
            served.open(f"{socket}?code={code.id}", people.member),
        ]
        for page in pages:
            assert figures_of(next_message(page)) == (0, 0, 0)
        started = time.monotonic()
        store(*visits(code, 1))
        for page in pages:
            assert figures_of(next_message(page)) == (1, 1, 1)
        # Without a push, the next look would come after 20 seconds.
        assert time.monotonic() - started < 5

    def test_scan_of_another_code_does_not_wake_the_page(
        self, served: Served, people: People, code: Code, socket: str
    ) -> None:
        page = served.open(f"{socket}?code={code.id}", people.member)
        next_message(page)
        store(*visits(make_code(people.workspace), 1), *visits(make_code(people.elsewhere), 1))
        assert page.receive(timeout=1) is None

    def test_page_that_comes_back_has_missed_nothing(
        self, served: Served, people: People, code: Code, socket: str
    ) -> None:
        page = served.open(socket, people.owner)
        next_message(page)
        page.close()
        store(*visits(code, 3))
        page = served.open(socket, people.owner)
        assert figures_of(next_message(page)) == (3, 3, 3)

    def test_polling_gives_the_same_board(
        self, served: Served, client: FormClient, people: People, code: Code, socket: str
    ) -> None:
        store(*visits(code, 2))
        sign_in(client, people.member)
        for query in ("?range=7d", f"?range=24h&of={code.id}"):
            page = served.open(socket + query, people.member)
            board = next_message(page)
            polled = client.get(f"/w/{people.workspace.slug}/live/fragments{query}").text
            assert without_ages(polled) == without_ages(board)


def without_ages(board: str) -> list[str]:
    """Seconds may pass between two answers."""
    return [line for line in board.splitlines() if "<time" not in line]


class TestAdmission:
    def test_signed_out_is_refused_before_the_handshake(self, served: Served, socket: str) -> None:
        assert served.handshake_status(socket, None) == 302

    def test_outsider_is_refused_before_the_handshake(
        self, served: Served, people: People, socket: str
    ) -> None:
        assert served.handshake_status(socket, people.outsider) == 404

    @pytest.mark.parametrize(
        "origin",
        [
            None,
            "",
            "null",
            "http://evil.example",
            "http://pitchbar.test.evil.example",
            "http://evil.example/pitchbar.test",
            "http://pitchbar.test@evil.example",
            "http://[",
            "pitchbar.test",
        ],
    )
    def test_other_sites_are_refused_before_the_handshake(
        self, served: Served, people: People, socket: str, origin: str | None
    ) -> None:
        assert served.handshake_status(socket, people.owner, origin) == 403

    def test_code_of_another_workspace_is_refused(
        self, served: Served, people: People, code: Code, socket: str
    ) -> None:
        for number in (make_code(people.elsewhere).id, 999, "abc", "-1", "9" * 30):
            assert served.handshake_status(f"{socket}?of={number}", people.owner) == 404

    def test_plain_request_is_told_that_it_is_a_socket(
        self, served: Served, people: People, socket: str
    ) -> None:
        headers = served.cookie_of(people.owner) | {"Origin": SITE}
        response = httpx.get(served.at.replace("ws:", "http:") + socket, headers=headers)
        assert response.status_code == 400


class TestEnd:
    def test_member_who_is_removed_is_cut_off(
        self, served: Served, people: People, code: Code, socket: str
    ) -> None:
        page = served.open(socket, people.member)
        next_message(page)
        db.session.execute(delete(Membership).where(Membership.person_id == people.member.id))
        store(*visits(code, 1))
        assert wait_for_end(page) == 1008

    def test_page_is_told_to_try_again_when_the_database_goes_away(
        self, served: Served, people: People, code: Code, socket: str
    ) -> None:
        page = served.open(socket, people.member)
        next_message(page)
        message = {"workspaces": [people.workspace.id], "codes": [code.id]}
        take_database_away()
        bus.publish("scans", message)
        assert wait_for_end(page) == 1013

    @pytest.mark.settings(live_max_sockets=2)
    def test_only_so_many_pages_hold_a_socket(
        self, served: Served, people: People, socket: str
    ) -> None:
        first, second = served.open(socket, people.owner), served.open(socket, people.admin)
        next_message(first)
        next_message(second)
        assert wait_for_end(served.open(socket, people.editor)) == 1013
        first.close()
        assert eventually_open(served, people, socket)

    @pytest.mark.settings(live_max_sockets_per_person=2)
    def test_one_person_holds_only_so_many(
        self, served: Served, people: People, socket: str
    ) -> None:
        pages = [served.open(socket, people.owner) for _ in range(2)]
        for page in pages:
            next_message(page)
        assert wait_for_end(served.open(socket, people.owner)) == 1013
        next_message(served.open(socket, people.admin))


def eventually_open(served: Served, people: People, socket: str) -> bool:
    """The server notices within a second that a page went away."""
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        page = served.open(socket, people.editor)
        try:
            next_message(page)
        except ConnectionClosed:
            continue
        return True
    return False


class TestPace:
    def test_busy_page_is_drawn_four_times_a_second_at_most(
        self, served: Served, people: People, code: Code, socket: str
    ) -> None:
        page = served.open(socket, people.member)
        next_message(page)
        until = time.monotonic() + 1
        boards = 0
        while time.monotonic() < until:
            bus.publish("scans", {"workspaces": [people.workspace.id], "codes": [code.id]})
            boards += page.receive(timeout=0.02) is not None
        assert 1 <= boards <= 4

    def test_panel_that_nothing_wakes_is_drawn_after_each_pause(
        self, served: Served, people: People
    ) -> None:
        page = served.open("/ops/queues/socket", people.owner)
        started = time.monotonic()
        for _ in range(3):
            assert 'id="totals"' in next_message(page)
        assert 2 <= time.monotonic() - started < 8

    def test_other_sites_are_refused_here_too(self, served: Served, people: People) -> None:
        assert (
            served.handshake_status("/ops/queues/socket", people.owner, "http://evil.example")
            == 403
        )
