"""Pages that move when a scan arrives: the socket, and the polling beside it."""

import html
import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from flask import Flask
from simple_websocket import ConnectionClosed
from sqlalchemy import delete

from pitchbar.analytics.boards import live as boards
from pitchbar.analytics.boards.annotations.services import add_annotation
from pitchbar.analytics.boards.views import board_parts
from pitchbar.analytics.engine import EngineUnavailable
from pitchbar.analytics.sql.engine import SqlEngine
from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import bus, db
from pitchbar.live import panels, pause_after
from pitchbar.workspaces.models import Membership
from tests.pages.reading import card_of, figures_of, read_dashboard
from tests.pages.watching import Served, serve
from tests.support.browsing import SITE, FormClient, sign_in
from tests.support.factories import People, make_code
from tests.support.outage import take_database_away
from tests.support.scans import Visit, store, visits
from tests.support.sockets import Client
from tests.support.waiting import wait_until

WAIT = 10.0
DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/137.0.0.0 Safari/537.36"


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


class TestFilters:
    def test_scan_that_matches_moves_figures_lists_and_latest_scans(
        self, served: Served, people: People, code: Code, socket: str
    ) -> None:
        page = served.open(f"{socket}?device=phone&tab=os&range=7d", people.member)
        assert figures_of(next_message(page)) == (0, 0, 0)
        started = time.monotonic()
        store(*visits(code, 1), Visit(code, user_agent=DESKTOP))
        board = next_message(page)
        # Without a push, the next look would come after 20 seconds.
        assert time.monotonic() - started < 15
        assert figures_of(board) == (1, 1, 1)
        assert card_of(board, "with").names == ["iOS"]
        assert len(read_dashboard(board).rows) == 1
        assert 'id="week"' in board
        assert 'id="conversions"' not in board

    def test_scan_of_a_code_that_is_filtered_out_does_not_wake_the_page(
        self, served: Served, people: People, code: Code, socket: str
    ) -> None:
        page = served.open(f"{socket}?code={code.id}", people.member)
        next_message(page)
        store(*visits(make_code(people.workspace), 1))
        assert page.receive(timeout=1) is None
        store(*visits(code, 1))
        assert figures_of(next_message(page)) == (1, 1, 1)

    def test_note_moves_the_chart_at_once(
        self, served: Served, people: People, code: Code, socket: str
    ) -> None:
        page = served.open(f"{socket}?range=7d&country=GB", people.member)
        assert "Posters up" not in next_message(page)
        today = clock.local_date(clock.now(), people.workspace.time_zone)
        add_annotation(people.workspace, SYSTEM, day=today, text="Posters up")
        db.session.commit()
        assert "Posters up" in next_message(page)

    def test_page_of_a_code_gets_what_it_shows_alone(
        self, client: FormClient, people: People, code: Code
    ) -> None:
        sign_in(client, people.member)
        store(*visits(code, 2))
        at = f"/w/{people.workspace.slug}/"
        page = client.get(f"{at}codes/{code.id}?range=7d").text
        [poll] = re.findall(r'data-poll-url="([^"]*)"', page)
        drawn = client.get(html.unescape(poll)).text
        for part in ("figures", "chart", "recent-scans", "conversions"):
            assert drawn.count(f'id="{part}"') == 1
        assert 'id="week"' not in drawn
        assert 'id="card-what"' not in drawn
        # Its links lead to the page itself, not to where the figures were drawn.
        assert f'href="{at}codes/{code.id}?range=7d&amp;metric=hits"' in drawn

    def test_address_that_is_refused_has_nothing_live(
        self, client: FormClient, people: People, code: Code
    ) -> None:
        sign_in(client, people.member)
        at = f"/w/{people.workspace.slug}/"
        wrong = "?from=2026-11-10&to=2026-11-01"
        assert "data-live-url" not in client.get(at + wrong).text
        assert client.get(f"{at}live/fragments{wrong}").status_code == 404


def test_what_is_costly_to_draw_is_drawn_less_often() -> None:
    assert pause_after(0.09, 0.25) == 0.25
    assert pause_after(0.3, 0.25) == pytest.approx(2.0)
    assert pause_after(30.0, 0.25) == 5.0


def test_board_that_cannot_be_read_says_so_and_stays_as_it_was(
    client: FormClient, people: People, code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_up(*_args: object, **_kwargs: object) -> None:
        raise EngineUnavailable("too long")

    monkeypatch.setattr(SqlEngine, "read_board", give_up)
    sign_in(client, people.member)
    at = f"/w/{people.workspace.slug}/"
    other = make_code(people.workspace).id
    for path in (
        at,
        f"{at}?country=DE",
        f"{at}codes/{code.id}/board",
        f"{at}comparison?a={code.id}&b={other}",
    ):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "take too long" in answer.text
        assert 'id="range-menu"' in answer.text
    assert client.get(f"{at}codes/{code.id}").status_code == 200
    # What is beside the board goes on.
    ids = re.findall(r'id="([^"]*)"', client.get(f"{at}live/fragments").text)
    assert ids == ["bell-count", "bell-list", "inbox-waiting"]


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

    def test_figures_move_while_a_costly_board_rests(
        self,
        served: Served,
        people: People,
        code: Code,
        socket: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(panels, "pause_after", lambda _seconds, _shortest: 3.0)
        page = served.open(socket, people.member)
        began = time.monotonic()
        assert 'id="chart"' in next_message(page)
        store(*visits(code, 2))
        bus.publish("scans", {"workspaces": [people.workspace.id], "codes": [code.id]})
        first = next_message(page)
        assert time.monotonic() - began < 2
        assert figures_of(first) == (2, 2, 2)
        assert 'id="chart"' not in first
        # The whole follows when it may.
        while 'id="chart"' not in (board := next_message(page)):
            assert figures_of(board) == (2, 2, 2)
        assert time.monotonic() - began > 2.5

    def test_figures_move_while_a_costly_board_is_drawn(
        self,
        served: Served,
        people: People,
        code: Code,
        socket: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(panels, "pause_after", lambda _seconds, shortest: shortest)
        monkeypatch.setattr(panels, "_CHEAP_SECONDS", 0.0)
        page = served.open(socket, people.member)
        next_message(page)
        may_go_on = threading.Event()
        times: list[Any] = []

        def slowly(*args: Any) -> Any:
            times.append(args)
            read = board_parts(*args)
            assert may_go_on.wait(WAIT)
            return read

        monkeypatch.setattr(boards, "board_parts", slowly)
        store(*visits(code, 1))
        wake = {"workspaces": [people.workspace.id], "codes": [code.id]}
        bus.publish("scans", wake)
        wait_until(lambda: times)
        store(*visits(code, 2))
        bus.publish("scans", wake)
        while figures_of(figures := next_message(page)) != (3, 3, 3):
            assert 'id="chart"' not in figures
        assert 'id="chart"' not in figures
        may_go_on.set()
        # The whole was read before; it does not take back what has moved since.
        while 'id="chart"' not in (board := next_message(page)):
            pass
        assert board.count('id="figures"') == 2
        assert figures_of(board[board.rindex('id="figures"') - 40 :]) == (3, 3, 3)

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
