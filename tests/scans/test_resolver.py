import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, event

from pitchbar.codes.models import Code
from pitchbar.codes.services import archive_code, update_code
from pitchbar.core.bus import Bus
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import bus, db
from pitchbar.scans import known_answers
from pitchbar.scans.known_answers import Unavailable
from pitchbar.scans.resolver import Resolver
from pitchbar.settings import Settings
from tests.scans.peers import DatabaseProxy, make_engine
from tests.support.factories import make_code, make_workspace
from tests.support.servers import on_postgresql


@pytest.fixture
def code(app: Flask) -> Code:
    return make_code(make_workspace(), short_code="menu", destination_url="https://a.example/1")


@pytest.fixture
def questions(engine: Engine) -> list[str]:
    """Every statement that the database is asked."""
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    return asked


def location(resolver: Resolver, short_code: str = "menu") -> str:
    code = resolver.resolve(short_code)
    assert code is not None
    return code.location


def edit(code: Code, settings: Settings, destination: str = "https://a.example/2") -> None:
    update_code(code, SYSTEM, settings, destination_url=destination)
    db.session.commit()


def test_code_is_read_once_and_then_known(engine: Engine, code: Code, questions: list[str]) -> None:
    resolver = Resolver(engine, max_stale=60)

    assert {location(resolver) for _ in range(100)} == {"https://a.example/1"}
    assert len(questions) == 1


def test_unknown_code_is_remembered_too(engine: Engine, code: Code, questions: list[str]) -> None:
    resolver = Resolver(engine, max_stale=60)

    assert {resolver.resolve("nothing") for _ in range(100)} == {None}
    assert len(questions) == 1


def test_first_scan_finds_the_database_asked_before(engine: Engine, code: Code) -> None:
    opened: list[object] = []
    fresh = create_engine(engine.url)
    event.listen(fresh, "connect", lambda *args: opened.append(args[0]))
    resolver = Resolver(fresh)
    resolver.get_ready(5)
    before = len(opened)
    assert before > 0
    assert location(resolver) == "https://a.example/1"
    assert len(opened) == before
    fresh.dispose()


def test_database_that_says_nothing_holds_up_no_start() -> None:
    answers = threading.Event()

    class Silent(Resolver):
        def _read(self, short_code: str) -> None:
            answers.wait(10)

    began = time.monotonic()
    Silent(create_engine("sqlite://")).get_ready(0.05)
    assert time.monotonic() - began < 5
    answers.set()


@pytest.mark.parametrize("raw", ["", " b", "'--", "\xff", "é", "a" * 65, "/", "\x00menu"])
def test_what_was_never_given_out_is_not_even_asked_for(
    engine: Engine, code: Code, questions: list[str], raw: str
) -> None:
    assert Resolver(engine).resolve(raw) is None
    assert questions == []


def test_edit_is_seen_at_once_where_the_bus_reaches(
    engine: Engine, code: Code, settings: Settings
) -> None:
    resolver = Resolver(engine, max_stale=60)
    resolver.listen(bus)
    assert location(resolver) == "https://a.example/1"

    edit(code, settings)
    assert location(resolver) == "https://a.example/2"

    archive_code(code, SYSTEM)
    db.session.commit()
    archived = resolver.resolve("menu")
    assert archived is not None
    assert not archived.is_active


def test_new_code_is_seen_at_once_by_those_who_asked_too_early(engine: Engine, app: Flask) -> None:
    resolver = Resolver(engine, max_stale=60)
    resolver.listen(bus)
    assert resolver.resolve("later") is None

    make_code(make_workspace(), short_code="later")
    assert resolver.resolve("later") is not None


def test_edit_is_seen_within_the_bound_where_the_bus_does_not_reach(
    engine: Engine, code: Code, settings: Settings
) -> None:
    resolver = Resolver(engine, max_stale=0.3)
    assert location(resolver) == "https://a.example/1"

    edit(code, settings)
    edited_at = time.monotonic()
    while location(resolver) == "https://a.example/1":
        assert time.monotonic() - edited_at < 0.5
        time.sleep(0.01)


def test_edit_in_another_process_is_heard_through_redis(
    engine: Engine, code: Code, settings: Settings, redis_url: str
) -> None:
    near, far = Bus(), Bus()
    near.connect(redis_url)
    far.connect(redis_url)
    resolver = Resolver(engine, max_stale=60)
    resolver.listen(near)
    location(resolver)
    edit(code, settings)

    edited_at = time.monotonic()
    while location(resolver) == "https://a.example/1":
        far.publish("codes", {"short_code": "menu"})
        assert time.monotonic() - edited_at < 2
        time.sleep(0.05)
    near.connect("")
    far.connect("")


def test_answer_that_was_under_way_during_an_edit_is_not_kept(
    engine: Engine, code: Code, settings: Settings
) -> None:
    resolver = Resolver(engine, max_stale=60)
    resolver.listen(bus)
    has_read, is_edited = threading.Event(), threading.Event()
    event.listen(engine, "after_cursor_execute", lambda *_: has_read.set())
    # The answer has been read, and is on its way.
    event.listen(engine, "checkin", lambda *_: is_edited.wait(5))

    visitor = threading.Thread(target=resolver.resolve, args=("menu",))
    visitor.start()
    assert has_read.wait(5)
    edit(code, settings)
    is_edited.set()
    visitor.join(5)

    assert location(resolver) == "https://a.example/2"


def test_least_asked_code_makes_room(app: Flask, engine: Engine, questions: list[str]) -> None:
    workspace = make_workspace()
    for number in range(4):
        make_code(workspace, short_code=f"code{number}")
    resolver = Resolver(engine, max_stale=60, capacity=3)

    for number in range(4):
        resolver.resolve(f"code{number}")
    asked = len(questions)
    resolver.resolve("code3")
    assert len(questions) == asked
    resolver.resolve("code0")
    assert len(questions) == asked + 1


def test_guessing_pushes_no_real_code_out(engine: Engine, code: Code, questions: list[str]) -> None:
    resolver = Resolver(engine, max_stale=60, capacity=2)
    location(resolver)
    for number in range(50):
        resolver.resolve(f"guess{number}")

    asked = len(questions)
    location(resolver)
    assert len(questions) == asked


@pytest.fixture
def proxy(settings: Settings) -> Iterator[DatabaseProxy]:
    proxy = DatabaseProxy(settings.database_url)
    yield proxy
    proxy.close()


@pytest.fixture
def far(proxy: DatabaseProxy) -> Iterator[Engine]:
    engine = make_engine(proxy.url)
    yield engine
    engine.dispose()


@on_postgresql
def test_known_code_redirects_while_the_database_is_gone(
    far: Engine, code: Code, proxy: DatabaseProxy
) -> None:
    resolver = Resolver(far, max_stale=0.01)
    location(resolver)

    proxy.cut()
    for _ in range(20):
        time.sleep(0.02)
        assert location(resolver) == "https://a.example/1"


@on_postgresql
def test_unknown_to_the_cache_is_unavailable_while_the_database_is_gone(
    far: Engine, code: Code, proxy: DatabaseProxy
) -> None:
    resolver = Resolver(far)
    proxy.cut()

    for _ in range(3):
        with pytest.raises(Unavailable):
            resolver.resolve("menu")

    proxy.restore()
    time.sleep(2.1)
    assert location(resolver) == "https://a.example/1"


@on_postgresql
def test_database_that_hangs_delays_one_visitor_a_little_and_the_others_not(
    far: Engine, code: Code, proxy: DatabaseProxy
) -> None:
    resolver = Resolver(far, max_stale=0.01)
    location(resolver)
    proxy.hang()
    time.sleep(0.02)

    waits = []
    for _ in range(20):
        started = time.monotonic()
        assert location(resolver) == "https://a.example/1"
        waits.append(time.monotonic() - started)

    assert waits[0] < 1
    assert max(waits[1:]) < 0.1
    proxy.restore()
    for thread in threading.enumerate():
        if thread.name == "resolver":
            thread.join(5)


def test_database_that_cannot_be_opened_is_an_answer_not_an_error(code: Code) -> None:
    engine = create_engine("sqlite:////nowhere/at/all.db")

    with pytest.raises(Unavailable):
        Resolver(engine).resolve("menu")


@pytest.mark.parametrize("destination", ["https://a.example/", "https://a.example/?utm_source=b"])
def test_default_values_stand_in_the_address_without_a_query(
    app: Flask, engine: Engine, destination: str
) -> None:
    make_code(make_workspace(), short_code="menu", destination_url=destination, utm_source="c")

    assert location(Resolver(engine)) == "https://a.example/?utm_source=c"


class NoThreads:
    """Threads, as a system that has no more gives them."""

    def __init__(self, *_: object, **__: object) -> None: ...

    def start(self) -> None:
        raise RuntimeError("can't start new thread")


def test_system_without_a_thread_to_spare_costs_one_answer_and_not_the_code(
    engine: Engine, code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_answers, "_RETRY_SECONDS", 0.0)
    resolver = Resolver(engine, max_stale=0.0)
    with monkeypatch.context() as patch:
        patch.setattr(threading, "Thread", NoThreads)
        with pytest.raises(Unavailable):
            resolver.resolve("menu")
    assert location(resolver) == "https://a.example/1"

    # A code that is known is led on all the while.
    with monkeypatch.context() as patch:
        patch.setattr(threading, "Thread", NoThreads)
        assert location(resolver) == "https://a.example/1"


def test_look_up_that_hangs_for_ever_is_followed_by_another(
    engine: Engine, code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_answers, "_RETRY_SECONDS", 0.0)
    monkeypatch.setattr(known_answers, "_UNKNOWN_WAIT_SECONDS", 0.05)
    monkeypatch.setattr(known_answers, "_HOPELESS_SECONDS", 0.1)
    resolver, for_ever = Resolver(engine), threading.Event()
    with monkeypatch.context() as patch:
        patch.setattr(resolver, "_read", lambda short_code: for_ever.wait(30))
        with pytest.raises(Unavailable):
            resolver.resolve("menu")
    time.sleep(0.1)

    monkeypatch.setattr(known_answers, "_UNKNOWN_WAIT_SECONDS", 3.0)
    assert location(resolver) == "https://a.example/1"
    for_ever.set()
