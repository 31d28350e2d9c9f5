"""The simulator tells what the edge does, and why."""

import itertools
import time
from typing import Any

import pytest

from pitchbar.clients.geolocation import bundled_country_of
from pitchbar.codes.models import Code
from pitchbar.rules.edited import edit_kept
from pitchbar.rules.queries import list_rules
from pitchbar.rules.saving import as_json
from pitchbar.rules.simulation import Described, Simulation, simulate
from pitchbar.settings import Settings
from pitchbar.workspaces.models import Workspace
from tests.rules.factories import make_rules
from tests.scans.conftest import MakeEdge
from tests.scans.edging import call_edge

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36"
)
TABLET = (
    "Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/25.0 Chrome/121.0.0.0 Safari/537.36"
)
# Britain, the United States, Spain, and nowhere.
ADDRESSES = ("81.2.69.1", "8.34.21.7", "83.45.8.9", "10.0.0.1")
LANGUAGES = ("de-CH,de;q=0.9", "en;q=0.5, es;q=0.8", "", "*")
QUERIES = (
    "",
    "table=4",
    "table=%34&utm_source=flyer",
    "utm_campaign=a%0d%0ab&x=1",
    "utm_term=caf%C3%A9&table=5",
)
RULES: tuple[dict[str, Any], ...] = (
    {"conditions": [{"kind": "parameter", "name": "table", "is": "4"}]},
    {
        "match": "any",
        "conditions": [
            {"kind": "language", "in": ["es"]},
            {"kind": "browser", "in": ["samsung internet"]},
        ],
    },
    {
        "conditions": [
            {"kind": "device", "in": ["phone"]},
            {"kind": "country", "not_in": ["GB", "ES"]},
        ]
    },
    {"conditions": [{"kind": "os", "in": ["windows"]}, {"kind": "language", "in": ["de"]}]},
    {"conditions": [{"kind": "country", "in": ["GB"]}, {"kind": "visitor", "seen": "new"}]},
)


def rules_with_places() -> list[dict[str, Any]]:
    return [
        {**rule, "destination_url": f"https://rule{number}.example/p?utm_medium=own#part"}
        for number, rule in enumerate(RULES, 1)
    ]


@pytest.fixture
def ask(workspace: Workspace, code: Code, settings: Settings) -> Any:
    def ask(**described: str) -> Simulation:
        edited = edit_kept(as_json(rule) for rule in list_rules(code))
        return simulate(workspace, code, settings, edited, Described(**described))

    return ask


def test_simulator_ends_where_the_edge_ends(code: Code, make_edge: MakeEdge, ask: Any) -> None:
    code.forward_parameters = True
    make_rules(code, *rules_with_places())
    edge, fired = make_edge(), set()
    visits = itertools.product((IPHONE, WINDOWS, TABLET, ""), ADDRESSES, LANGUAGES, QUERIES)
    for number, (agent, address, languages, query) in enumerate(visits):
        answer = call_edge(
            edge,
            "/t/menu",
            query,
            REMOTE_ADDR=address,
            HTTP_USER_AGENT=agent,
            HTTP_ACCEPT_LANGUAGE=languages,
            # Each is somebody who was not here before.
            HTTP_SEC_CH_UA=f"v{number}",
        )
        told = ask(
            agent=agent, country=bundled_country_of(address) or "", languages=languages, query=query
        )
        assert [place.url for place in told.places] == [answer["Location"]]
        fired.add(told.number)
    assert fired == {0, 1, 2, 3, 4, 5}, "each rule and none was seen to fire"


def test_unicode_in_a_query_reads_as_at_the_edge(code: Code, make_edge: MakeEdge, ask: Any) -> None:
    typed = "table=café&utm_source=naïve"
    make_rules(code, {"conditions": [{"kind": "parameter", "name": "table", "is": "café"}]})
    answer = call_edge(make_edge(), "/t/menu", typed.encode().decode("latin-1"))
    told = ask(query=typed)
    assert (told.number, told.places[0].url) == (1, answer["Location"])


def test_reasons_are_said_in_words(code: Code, ask: Any) -> None:
    make_rules(
        code,
        {"conditions": [{"kind": "device", "in": ["tablet"]}, {"kind": "country", "in": ["GB"]}]},
        {"enabled": False, "conditions": []},
        {"conditions": [{"kind": "device", "in": ["phone"]}]},
        {"conditions": []},
    )
    told = ask(device="phone", country="FR")
    assert told.number == 3
    assert [(other.number, other.note, other.failed) for other in told.others] == [
        (1, "", ["Not on a tablet", "Not in the United Kingdom"]),
        (2, "It is switched off.", []),
        (4, "It fits too, but rule 3 comes first.", []),
    ]


def test_rule_that_is_not_finished_takes_nobody(
    workspace: Workspace, code: Code, settings: Settings
) -> None:
    rules = [
        {"conditions": [], "destination_url": ""},
        {"conditions": [], "destination_url": "b.example"},
    ]
    told = simulate(workspace, code, settings, edit_kept(rules), Described())
    assert (told.number, told.others[0].note) == (2, "It is not finished.")
    assert told.places[0].url == "https://b.example?utm_source=print"


def test_split_names_each_place_with_its_share(code: Code, ask: Any) -> None:
    split = [
        {"destination_url": f"https://{name}.example", "weight": weight}
        for name, weight in (("a", 3), ("b", 1))
    ]
    make_rules(code, {"split": split})
    assert [(place.url, place.share) for place in ask().places] == [
        ("https://a.example?utm_source=print", 75),
        ("https://b.example?utm_source=print", 25),
    ]


@pytest.mark.parametrize(
    ("at", "zone", "number"),
    [
        ("2026-11-23T09:00", "Europe/Berlin", 1),
        ("2026-11-23T08:59", "Europe/Berlin", 0),
        ("2026-11-23T08:00", "Europe/London", 1),
        ("2026-11-22T09:00", "Europe/Berlin", 0),
        # An hour that never comes, and one that comes twice.
        ("2026-03-29T02:30", "Europe/Berlin", 0),
        ("2026-10-25T02:30", "Europe/Berlin", 0),
    ],
)
def test_time_is_read_in_its_zone(code: Code, ask: Any, at: str, zone: str, number: int) -> None:
    window = {"weekdays": ["mon"], "from": "09:00", "to": "17:00", "zone": "Europe/Berlin"}
    make_rules(code, {"conditions": [{"kind": "time", **window}]})
    assert ask(at=at, zone=zone).number == number


def test_scans_before_and_being_seen_can_be_described(code: Code, ask: Any) -> None:
    make_rules(
        code,
        {"conditions": [{"kind": "scans", "below": 10}]},
        {"conditions": [{"kind": "visitor", "seen": "again"}]},
    )
    assert [ask(scans=one).number for one in ("", "9", "10", "many")] == [1, 1, 0, 1]
    assert ask(scans="10", seen="again").number == 2


@pytest.mark.parametrize(
    "described",
    [
        {"at": "yesterday", "zone": "Moon/Base", "query": "&&==%%%", "languages": ";;q=x"},
        {"scans": "٣", "country": "??", "device": "toaster", "agent": "\x00" * 2000},
        {"query": "&".join(f"p{n}={n}" for n in range(10_000))},
    ],
)
def test_nonsense_is_taken_calmly(code: Code, ask: Any, described: dict[str, str]) -> None:
    make_rules(code, *rules_with_places())
    started = time.perf_counter()
    assert ask(**described).number in range(6)
    assert time.perf_counter() - started < 1
