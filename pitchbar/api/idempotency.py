"""`Idempotency-Key`: a request that is sent twice has one effect and one answer.

The key is claimed by inserting its row before the work, in the transaction of the work. A second
request with the key waits at the unique index until the first one commits, and then finds its
answer; when the first one fails, nothing is left of it and the second does the work.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from flask import Response, current_app, request
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import OperationalError

from pitchbar.api.errors import IdempotencyKeyReused, RequestInProgress
from pitchbar.api.models import StoredResponse
from pitchbar.api.payloads import field_error
from pitchbar.api.settings import ApiSettings
from pitchbar.core import clock
from pitchbar.core.database import changed_rows, insert_into
from pitchbar.core.encryption import Unreadable, decrypt, encrypt
from pitchbar.extensions import db
from pitchbar.settings import Settings, current_settings

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
# PostgreSQL: how long to wait for a request with the same key. SQLite waits its busy timeout.
WAIT_SECONDS = 10
_LOCK_NOT_AVAILABLE = "55P03"


def respond_once(client_id: int, make: Callable[[], Response]) -> Response:
    """The answer of `make`, or the one that it gave to this key before.

    The caller commits. An error that `make` raises undoes the claim: a refused request changed
    nothing, so its key is free.

    Raises:
        InvalidPayload: the key cannot be one.
        IdempotencyKeyReused: the key came with another request.
        RequestInProgress: the first request with this key takes very long.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return make()
    if not _KEY.fullmatch(key):
        raise field_error(HEADER, "must be 1 to 255 visible ASCII characters")
    if not _claim(client_id, key):
        return _replay(client_id, key)
    response = make()
    _store(client_id, key, response)
    return response


def purge_stored_responses(settings: Settings) -> int:
    """Removes what has passed its time; returns how many."""
    old = StoredResponse.created_at < _oldest(settings)
    return changed_rows(db.session, delete(StoredResponse).where(old))


def delete_stored_responses(client_ids: Sequence[int]) -> None:
    db.session.execute(delete(StoredResponse).where(StoredResponse.client_id.in_(client_ids)))


def _claim(client_id: int, key: str) -> bool:
    """False when the key is taken. A row that has passed its time is taken over."""
    fresh = {"request_hash": _request_hash(), "status": 0, "body": "", "created_at": clock.now()}
    insert = insert_into(db.engine, StoredResponse)
    statement = insert.values(client_id=client_id, key=key, **fresh).on_conflict_do_update(
        index_elements=["client_id", "key"],
        set_=fresh,
        where=StoredResponse.created_at < _oldest(current_settings()),
    )
    claimed = statement.returning(StoredResponse.client_id)
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'"))
    try:
        return db.session.execute(claimed).first() is not None
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") == _LOCK_NOT_AVAILABLE:
            raise RequestInProgress from None
        raise


def _store(client_id: int, key: str, response: Response) -> None:
    body = encrypt(response.get_data(as_text=True), current_settings().app_keys)
    db.session.execute(
        update(StoredResponse)
        .where(StoredResponse.client_id == client_id, StoredResponse.key == key)
        .values(status=response.status_code, body=body)
    )


def _replay(client_id: int, key: str) -> Response:
    mine = (StoredResponse.client_id == client_id, StoredResponse.key == key)
    stored = db.session.scalar(select(StoredResponse).where(*mine))
    if stored is None:  # purged in this very moment
        raise RequestInProgress
    if stored.request_hash != _request_hash():
        raise IdempotencyKeyReused
    try:
        body = decrypt(stored.body, current_settings().app_keys)
    except Unreadable:  # APP_KEY was changed meanwhile
        raise IdempotencyKeyReused from None
    response: Response = current_app.response_class(
        body, stored.status, mimetype="application/json"
    )
    response.add_etag()
    response.headers[REPLAYED] = "true"
    return response


def _request_hash() -> str:
    head = f"{request.method} {request.full_path}\n".encode()
    if request.mimetype == "multipart/form-data":
        return _hash_of_form(head)
    return hashlib.sha256(head + request.get_data()).hexdigest()


def _hash_of_form(head: bytes) -> str:
    """Of fields and files, whatever their frame was called."""
    digest = hashlib.sha256(head)
    for name, value in sorted(request.form.items(multi=True)):
        digest.update(f"{name}={value}\n".encode("utf-8", "replace"))
    for name, file in sorted(request.files.items(multi=True), key=lambda pair: pair[0]):
        digest.update(f"{name}:{file.filename}\n".encode("utf-8", "replace"))
        while portion := file.stream.read(1 << 20):
            digest.update(portion)
        file.stream.seek(0)
    return digest.hexdigest()


def _oldest(settings: Settings) -> datetime:
    return clock.now() - timedelta(hours=settings[ApiSettings].idempotency_hours)
