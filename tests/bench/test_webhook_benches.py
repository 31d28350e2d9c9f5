"""The benches of webhooks in their shortest form: they run, and print their figures."""

import re

from tests.bench.running import run


def test_every_delivery_is_made_though_many_are_refused() -> None:
    waits = ",".join(["0.1"] * 20)
    rush = ("--deliveries", "20", "--down", "0.1", "--kills", "0", "--waits", waits)
    said = run("webhooks", "soak", "--where", "embedded", *rush)
    assert re.search(r"20 delivered, 0 failed, 0 lost, 0 taken twice under the same id", said)
    assert re.search(r"median \d+\.\d s, longest \d+\.\d s", said)


def test_healthy_endpoints_are_in_time_while_others_hang() -> None:
    said = run("webhooks", "hang", "--where", "embedded", "--seconds", "0.5")
    assert re.search(r"while 1 hang: median \d+ ms, p95 \d+ ms, longest \d+ ms", said)
