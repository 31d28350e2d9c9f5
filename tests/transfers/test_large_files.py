"""As many rows as an import takes, one more, and what others meet while they are written."""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, stream_encode_multipart

from pitchbar.codes.models import Code
from pitchbar.events.services import record_event
from pitchbar.extensions import bus, db
from pitchbar.scans.edge import Edge
from pitchbar.scans.edge_pages import EdgePages
from pitchbar.scans.resolver import Resolver
from pitchbar.scans.spool import Spool
from pitchbar.settings import current_settings
from pitchbar.transfers import working
from pitchbar.transfers.models import DONE, IMPORT, CodeImport
from pitchbar.transfers.reading.plans import Options
from pitchbar.transfers.services import look_through
from pitchbar.transfers.settings import TransferSettings
from pitchbar.transfers.telling import TOPIC
from pitchbar.transfers.working import work_on
from tests.scans.edging import call_edge, read_spool
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code
from tests.transfers.factories import csv_of, draft, owner_of

MOST = 100_000


def make_file(count: int) -> bytes:
    host = "https://shop{}.example/things/{}"
    return csv_of([(f"Card {n}", host.format(n % 97, n), f"card-{n}") for n in range(count)])


def begin(people: People, data: bytes = b"") -> int:
    """Its id, with all of it to be done."""
    one = draft(people.workspace, owner_of(people), data)
    look_through(people.workspace, one, one.mapping, Options(), goal=IMPORT)
    db.session.commit()
    return one.id


def test_as_many_rows_as_fit_are_looked_through_and_come_whole(people: People) -> None:
    assert current_settings()[TransferSettings].code_import_rows == MOST
    people.workspace.plan = "scale"
    import_id = begin(people, make_file(MOST))
    seen: list[tuple[int, int]] = []

    def hear(_message: object) -> None:
        checked = select(CodeImport.checked).where(CodeImport.id == import_id)
        with db.engine.connect() as other:
            seen.append((other.scalar(checked) or 0, other.scalar(select(func.max(Code.id))) or 0))

    bus.subscribe(TOPIC, hear)
    work_on(import_id, current_settings())
    one = db.session.get_one(CodeImport, import_id)
    assert (one.state, one.rows, one.created, one.problem) == (DONE, MOST, MOST, "")
    # Whoever looks sees it grow, and no code before all of them are there.
    steps = [checked for checked, _codes in seen]
    assert steps == sorted(steps)
    assert len(set(steps)) == 100
    assert {codes for _checked, codes in seen[:-1]} == {0}
    assert seen[-1] == (MOST, MOST)


def test_one_row_more_is_refused_at_the_field(client: FormClient, people: People) -> None:
    sign_in(client, people.editor)
    file = FileStorage(io.BytesIO(make_file(MOST + 1)), "links.csv")
    # The client itself would leave a temporary file open.
    form, _length, boundary = stream_encode_multipart(
        {"csrf_token": client.csrf_token(), "file": file}, use_tempfile=False
    )
    answer = client.post(
        f"/w/{people.workspace.slug}/codes/imports",
        data=form.read(),
        content_type=f"multipart/form-data; boundary={boundary}",
    )
    assert answer.status_code == 422
    said = answer.text.partition('id="file-error"')[2].partition("</p>")[0]
    assert "An import takes 100,000 rows at most. Split the file" in said
    assert db.session.scalar(select(func.count()).select_from(CodeImport)) == 0


def test_plan_without_room_for_so_many_is_named(people: People) -> None:
    import_id = begin(people, make_file(501))
    work_on(import_id, current_settings())
    one = db.session.get_one(CodeImport, import_id)
    assert "The Growth plan has 500 active codes" in one.problem
    assert db.session.scalar(select(func.count()).select_from(Code)) == 0


class Others:
    """What else goes on in the server, asked from another thread; `met` is what came of it."""

    def __init__(self, client: FormClient, people: People, folder: Path) -> None:
        self._client, self._at = client, f"/w/{people.workspace.slug}/codes"
        self._spool = Spool(folder)
        resolver = Resolver(db.engine)
        self._edge = Edge(resolver=resolver, spool=self._spool, pages=EdgePages(), limit=None)
        self.met: dict[str, Any] = {}

    def scan(self, short_code: str) -> int:
        return call_edge(self._edge, f"/t/{short_code}").status

    def make_code(self) -> TestResponse:
        values = {"name": "Bag", "destination_url": "https://destination.example/bag"}
        return self._client.submit(self._at, {**values, "error_correction": "M"})

    def meet(self) -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(self._go_on).result()

    def _go_on(self) -> None:
        self.met["scans"] = [self.scan("known"), self.scan("not-asked-for-yet")]
        self.met["kept"] = len(read_spool(self._spool))
        self.met["list"] = self._client.get(self._at).status_code
        answer = self.make_code()
        self.met["new code"] = (answer.status_code, answer.headers.get("Retry-After"))
        self._spool.reset_after_fork()


def test_scans_go_on_while_all_is_written_and_others_are_told_to_come_again(
    client: FormClient, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_code(people.workspace, short_code="known")
    make_code(people.workspace, short_code="not-asked-for-yet")
    sign_in(client, people.editor)
    others = Others(client, people, tmp_path / "spool")
    others.scan("known")
    # Every connection waits for another's writing, only here not for five seconds.
    event.listen(db.engine, "checkout", lambda raw, *_: raw.execute("PRAGMA busy_timeout = 50"))
    import_id = begin(people)

    def when_all_is_written(*args: Any, **more: Any) -> None:
        others.meet()
        record_event(*args, **more)

    with monkeypatch.context() as patched:
        patched.setattr(working, "record_event", when_all_is_written)
        work_on(import_id, current_settings())
    assert others.met == {"scans": [302, 302], "kept": 3, "list": 200, "new code": (503, "5")}
    assert db.session.get_one(CodeImport, import_id).state == DONE
    assert others.make_code().status_code == 303
