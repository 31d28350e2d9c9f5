"""The receivers of the guide, run as they stand there, get real deliveries."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest

from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.webhooks.guide_views import Sample, read_samples
from pitchbar.webhooks.models import DELIVERED
from pitchbar.webhooks.services import rotate_secret
from pitchbar.webhooks.signing import new_secret, signed_headers
from tests.support.browsing import FormClient
from tests.support.factories import People, make_code
from tests.support.waiting import wait_until
from tests.webhooks.factories import SECRET, attempts_of, deliveries_of, make_endpoint, run_pump

_PROGRAMS = {"python": "python3", "javascript": "node", "php": "php"}
SAMPLES = {one.key: one for one in read_samples()}


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _is_listening(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(params=sorted(SAMPLES))
def port(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    """Where the sample of a language listens."""
    sample: Sample = SAMPLES[request.param]
    program = shutil.which(_PROGRAMS[sample.key])
    if program is None:
        pytest.skip(f"{_PROGRAMS[sample.key]} is not on this machine")
    file, number = tmp_path / sample.file, _free_port()
    file.write_text(sample.text)
    command = [program, str(file)]
    if sample.key == "php":
        command = [program, "-S", f"127.0.0.1:{number}", str(file)]
    environ = {**os.environ, "WEBHOOK_SECRET": SECRET, "PORT": str(number)}
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen(command, env=environ, stdout=said, stderr=said)
    try:
        wait_until(lambda: _is_listening(number))
        yield number
    finally:
        process.kill()
        process.wait()


def test_sample_takes_a_real_delivery_and_refuses_all_others(
    people: People, port: int, tmp_path: Path
) -> None:
    pair = f"127.0.0.1:{port}"
    url = f"http://{pair}/hooks"
    endpoint = make_endpoint(people.workspace, url, "code.created")
    make_code(people.workspace, name="Größe 4 “Ü”")
    run_pump(pair)
    (delivery,) = deliveries_of(endpoint)
    body, now = delivery.message.body, clock.now()
    right = dict(signed_headers("msg_1", body, now, (SECRET,)))
    old = now - timedelta(seconds=301)
    wrong = {
        "body": (right, body + " "),
        "id": (right | {"webhook-id": "msg_2"}, body),
        "secret": (dict(signed_headers("msg_1", body, now, (new_secret(),))), body),
        "age": (dict(signed_headers("msg_1", body, old, (SECRET,))), body),
        "none": ({"content-type": "application/json"}, body),
        "empty": (right | {"webhook-signature": ""}, body),
    }
    answers = {
        name: httpx.post(url, headers=headers, content=text.encode(), trust_env=False).status_code
        for name, (headers, text) in wrong.items()
    }

    assert (delivery.state, attempts_of(delivery)[0].status) == (DELIVERED, 204)
    assert answers == dict.fromkeys(wrong, 400)
    assert httpx.post(url, headers=right, content=body.encode(), trust_env=False).status_code == 204
    assert "code.created" in (tmp_path / "said").read_text()


def test_sample_knows_our_messages_while_two_secrets_sign(people: People, port: int) -> None:
    pair = f"127.0.0.1:{port}"
    endpoint = make_endpoint(people.workspace, f"http://{pair}/hooks", "code.created")
    rotate_secret(endpoint, SYSTEM, current_settings())
    db.session.commit()
    make_code(people.workspace)
    run_pump(pair)

    assert [one.state for one in deliveries_of(endpoint)] == [DELIVERED]


def test_guide_shows_the_samples_and_every_event(client: FormClient) -> None:
    page = unescape(client.get("/docs/webhooks").text)

    for sample in SAMPLES.values():
        assert sample.text.strip() in page
    for name in ("code.created", "code.archived", "scan.recorded", "conversion.recorded"):
        assert f'"type": "{name}"' in page
    assert "5 s, 1 min, 5 min, 30 min, 2 h, 6 h and 15 h" in " ".join(page.split())
