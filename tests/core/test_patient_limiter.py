import pytest
from flask import Flask
from redis.exceptions import ConnectionError as NoConnection

from pitchbar.core.patient_limiter import PatientLimiter
from tests.support.servers import free_port


@pytest.mark.parametrize("finds_out", ["first", "second"])
def test_request_is_answered_whoever_finds_out_that_redis_is_gone(finds_out: str) -> None:
    app = Flask("limited")
    limiter = PatientLimiter(
        lambda: "somebody",
        app=app,
        storage_uri=f"redis://127.0.0.1:{free_port()}",
        in_memory_fallback_enabled=True,
    )
    app.add_url_rule("/", view_func=limiter.limit("2/minute")(lambda: "answered"))

    def refuse(*_: object, **__: object) -> bool:
        # Another request was quicker.
        limiter._storage_dead = finds_out == "second"
        raise NoConnection

    assert limiter._limiter is not None
    limiter._limiter.hit = refuse  # type: ignore[method-assign]  # in place of a Redis
    client = app.test_client()
    assert [client.get("/").status_code for _ in range(3)] == [200, 200, 429]
