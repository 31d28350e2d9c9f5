"""What people see of conversions, and the keys of the pixel."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from pitchbar.codes.models import Code
from pitchbar.conversions.lines import PIXEL, Line, write_line
from pitchbar.conversions.models import Conversion, OldPixelKey
from pitchbar.core import clock
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from tests.conversions.calling import make_line
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code, make_workspace

Ingest = Callable[..., int]
EUROS: dict[str, Any] = {"value_minor": 1250, "currency": "EUR"}


@pytest.fixture
def code(people: People) -> Code:
    return attributed(make_code(people.workspace, name="Table card"))


def attributed(code: Code) -> Code:
    code.attribution = True
    db.session.commit()
    return code


@pytest.fixture
def page(client: FormClient, people: People) -> Callable[..., str]:
    """Reads a page of the workspace as its editor does, in one line."""
    sign_in(client, people.editor)

    def read(path: str = "/conversions") -> str:
        return " ".join(client.get(f"/w/{people.workspace.slug}{path}").text.split())

    return read


def refuse(people: People, reason: str, said: str, seconds_ago: int, number: int) -> bytes:
    at = round((clock.now() - timedelta(seconds=seconds_ago)).timestamp() * 1000)
    line = Line(f"{number:032x}", at, people.workspace.id, "UTC", PIXEL)
    return write_line(line._replace(reason=reason, said=said))


def test_empty_page_says_how_to_begin(page: Callable[..., str], people: People) -> None:
    text = page()
    assert "No conversions yet" in text
    assert "No call has come in yet" in text
    assert f"data-key=&#34;{people.workspace.pixel_key}&#34;" in text
    assert "/api/v1/conversions" in text


def test_sums_stand_by_currency_and_are_never_mixed(
    page: Callable[..., str], code: Code, ingest: Ingest
) -> None:
    yen: dict[str, Any] = {"value_minor": 500, "currency": "JPY"}
    dinars: dict[str, Any] = {"value_minor": 1234, "currency": "KWD"}
    ingest(*(make_line(code, **money) for money in (EUROS, EUROS, yen, dinars, {})))
    for path in ("/conversions", f"/codes/{code.id}", "/", "/conversions?range=24h"):
        text = page(path)
        assert 'data-count="5"' in text
        for worth in ("€25.00", "¥500", "KWD 1.234"):
            assert worth in text, path


def test_another_code_and_another_workspace_have_their_own(
    page: Callable[..., str], people: People, code: Code, ingest: Ingest
) -> None:
    other = attributed(make_code(people.workspace, name="Window"))
    foreign = make_code(make_workspace(name="Somebody else"))
    ingest(make_line(code, **EUROS), make_line(foreign, event="of somebody else", **EUROS))
    assert "€12.50" in page(f"/codes/{code.id}")
    assert "€12.50" not in page(f"/codes/{other.id}")
    assert "Its destination learns which scan" in page(f"/codes/{other.id}")
    assert "of somebody else" not in page()


def test_page_of_a_code_without_attribution_says_nothing_of_conversions(
    page: Callable[..., str], people: People
) -> None:
    plain = make_code(people.workspace)
    assert '<div id="conversions" hidden>' in page(f"/codes/{plain.id}")
    assert '<div id="conversions" hidden>' in page("/")


def test_list_shows_each_with_its_scan_newest_first(
    page: Callable[..., str], code: Code, ingest: Ingest
) -> None:
    now = clock.now()
    scanned = now - timedelta(days=3)
    ingest(
        make_line(code, now - timedelta(hours=1), scanned_at=scanned, order_id="A-1", **EUROS),
        make_line(code, now, event="table <booked>"),
    )
    text = page()
    assert text.index("table &lt;booked&gt;") < text.index("A-1")
    assert "3 days ago" in text
    assert f'id="conversion-{db.session.scalars(select(Conversion.id)).first()}"' in text


def test_list_has_pages(page: Callable[..., str], code: Code, ingest: Ingest) -> None:
    now = clock.now()
    ingest(*(make_line(code, now - timedelta(minutes=n), event=f"n{n}.") for n in range(30)))
    assert "n24." in page()
    assert "n25." not in page()
    assert "n25." in page("/conversions?page=2")
    assert "page 2 of 2" in page("/conversions?page=99")


def test_refused_calls_are_counted_and_the_last_one_is_told(
    page: Callable[..., str], people: People, code: Code, ingest: Ingest
) -> None:
    ingest(make_line(code, clock.now() - timedelta(minutes=5)))
    assert "all was right with it" in page()
    ingest(*(refuse(people, "unknown_currency", "EURO<b>", n, n) for n in range(1, 12)))
    ingest(refuse(people, "value", "much", 60, 99), refuse(people, "a later reason", "", 70, 98))
    text = page()
    assert "13 pixel calls were refused in the last week" in text
    assert "Unknown currency</strong>: <code>EURO&lt;b&gt;</code>" in text
    assert "a later reason" in text


def test_refused_calls_of_before_are_forgotten(
    page: Callable[..., str], people: People, ingest: Ingest
) -> None:
    ingest(refuse(people, "value", "much", 9 * 86_400, 1))
    assert "refused" not in page()


def test_what_the_live_panels_draw_is_what_the_pages_show(
    page: Callable[..., str], code: Code, ingest: Ingest
) -> None:
    ingest(make_line(code, **EUROS))
    own = page("/conversions/fragments?range=7d")
    for part in ("conversion-sums", "last-call", "conversion-list"):
        assert f'id="{part}"' in own
    board = page(f"/live/fragments?of={code.id}&range=7d")
    assert 'id="conversions"' in board
    assert "€12.50" in board
    assert "€12.50" in page("/live/fragments?range=24h")


def test_new_key_is_made_and_the_old_one_is_heard_until_it_is_removed(
    client: FormClient, people: People, engine: Engine
) -> None:
    sign_in(client, people.admin)
    address, before = f"/w/{people.workspace.slug}/conversions", people.workspace.pixel_key
    assert client.submit(f"{address}/key").status_code == 303
    assert people.workspace.pixel_key != before
    (old,) = db.session.scalars(select(OldPixelKey))
    assert (old.key, old.workspace_id) == (before, people.workspace.id)
    assert str(before) in client.get(address).text
    assert client.submit(f"{address}/keys/{before}/removal").status_code == 303
    assert db.session.scalars(select(OldPixelKey)).all() == []
    assert client.submit(f"{address}/keys/{before}/removal").status_code == 404
    said = select(AuditEntry.action).where(AuditEntry.action.like("pixel_key.%"))
    assert set(db.session.scalars(said)) == {"pixel_key.replaced", "pixel_key.removed"}


def test_key_of_another_workspace_is_not_removed(client: FormClient, people: People) -> None:
    other = make_workspace(name="Somebody else")
    db.session.add(OldPixelKey(key="px_" + "a" * 24, workspace_id=other.id))
    db.session.commit()
    sign_in(client, people.owner)
    address = f"/w/{people.workspace.slug}/conversions/keys/px_{'a' * 24}/removal"
    assert client.submit(address).status_code == 404
    assert db.session.get(OldPixelKey, "px_" + "a" * 24)


def test_who_may_not_manage_settings_changes_no_key(client: FormClient, people: People) -> None:
    sign_in(client, people.editor)
    address = f"/w/{people.workspace.slug}/conversions"
    assert client.submit(f"{address}/key").status_code == 403
    assert "Make a new key" not in client.get(address).text
