"""The whole installation while its processes and Redis die, in its shortest form."""

import json

import pytest

from tests.bench.running import run
from tests.bench.test_scan_benches import need

pytestmark = pytest.mark.full

# Workers that die are tried in `tests/jobs` and `tests/scans`; what they held is taken over when
# their lease is over, for which this would wait.
FAULTS = ("kill -9 web", "kill -9 edge", "Redis restarted")


def test_nothing_accepted_is_lost_or_stored_twice() -> None:
    need("redis-server")
    said = run(
        "system",
        *("--short", "--json", "--only", ",".join(FAULTS)),
        *("--minutes", "1.5", "--calm", "2", "--rate", "0.7", "--restart", "0.3"),
        *("--web", "1", "--edge", "1", "--realtime", "0"),
        seconds=400,
    )
    told = json.loads(said)
    assert [one["fault"] for one in told["faults"]] == ["none", *FAULTS]
    # Each fault was felt: a process of which there is one is missed by somebody.
    felt = {one["fault"] for one in told["paths"] if one["errors"]}
    assert felt >= {"kill -9 web", "kill -9 edge"}
    facts = {one["kind"]: one for one in told["facts"]}
    assert len(facts) == 12
    for kind, one in facts.items():
        assert (one["lost"], one["twice"]) == (0, 0), (kind, one["examples"])
        assert one["accepted"] > 0, kind
    assert facts["scans"]["accepted"] > 100
    assert told["left"] == {}
