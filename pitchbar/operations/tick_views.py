"""The queue tick over HTTP, for a clock outside: Cloudflare's cron, or anyone's."""

import hmac
import logging
from functools import wraps
from typing import Any, cast

from flask import Blueprint, Response, current_app, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pitchbar.accounts.access import View
from pitchbar.errors import DomainError, error_response
from pitchbar.extensions import db
from pitchbar.jobs import Queue, parse_queues
from pitchbar.jobs.ticks import TickLimits, is_lease_held, skipped_answer
from pitchbar.operations.settings import OperationsSettings
from pitchbar.operations.tick_process import TickFailed, run_tick_process
from pitchbar.settings import current_settings

bp = Blueprint("tick", __name__, url_prefix="/api/v1/internal")
log = logging.getLogger(__name__)


class TickOff(DomainError):
    status = 503
    code = "unavailable"

    def __init__(self) -> None:
        super().__init__("INTERNAL_QUEUE_TOKEN is not set, so the queue tick is off.")


class WrongToken(DomainError):
    status = 401
    code = "unauthorized"
    headers = {"WWW-Authenticate": 'Bearer realm="pitchbar"'}

    def __init__(self) -> None:
        super().__init__("Send the queue token as 'Authorization: Bearer …'.")


class WrongLimits(DomainError):
    code = "invalid"


class TickRequest(BaseModel):
    """The body: all of it may be left out."""

    model_config = ConfigDict(extra="forbid")

    max_time: int = Field(TickLimits.max_time, ge=1, le=300)
    job_timeout: int = Field(TickLimits.job_timeout, ge=1, le=900)
    queues: tuple[str, ...] = TickLimits.queues

    @field_validator("queues")
    @classmethod
    def _are_known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return parse_queues(",".join(value))

    def limits(self) -> TickLimits:
        return TickLimits(self.max_time, self.job_timeout, tuple(map(Queue, self.queues)))


def requires_queue_token(view: View) -> View:
    """Opens the view to whoever knows INTERNAL_QUEUE_TOKEN; 503 while it is not set."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        expected = current_settings()[OperationsSettings].internal_queue_token
        if not expected:
            raise TickOff
        given = request.authorization
        token = given.token if given is not None and given.type == "bearer" else None
        if not hmac.compare_digest((token or "").encode(), expected.encode()):
            raise WrongToken
        return view(*args, **kwargs)

    guarded.access = "token:internal"  # type: ignore[attr-defined]  # read by the guard test
    return cast(View, guarded)


@bp.post("/queue-tick")
@requires_queue_token
def queue_tick() -> Response:
    """One bounded pass in this request; 200 with `skipped` while another one is running.

    That is no error: a pass may take longer than the minute between two ticks.
    """
    limits = _read_limits()
    # Asked here too: a process that would only find this out costs a second.
    if is_lease_held(db.session.execute):
        return jsonify(skipped_answer(db.session.execute))
    try:
        return jsonify(run_tick_process(current_app.extensions["root"], limits))
    except TickFailed as error:
        log.error("queue tick: %s", error)
        return error_response(500, f"The queue tick failed: {error}.", "tick_failed")


def _read_limits() -> TickLimits:
    data = request.get_json(silent=True) if request.content_length else {}
    if not isinstance(data, dict):
        raise WrongLimits("Send a JSON object with Content-Type: application/json, or nothing.")
    try:
        return TickRequest.model_validate(data).limits()
    except ValidationError as error:
        fields = {
            ".".join(map(str, one["loc"])): one["msg"].removeprefix("Value error, ")
            for one in error.errors()
        }
        raise WrongLimits("Some limits need a correction.", fields=fields) from None
