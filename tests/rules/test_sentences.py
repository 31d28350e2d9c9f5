"""Each rule is read back in words."""

from typing import Any

import pytest

from pitchbar.rules.phrases import condition_phrase, failed_phrase
from pitchbar.rules.sentences import read_back, split_shares

BERLIN = "Europe/Berlin"
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]


def rule(*conditions: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "conditions": list(conditions),
        "destination_url": "https://shop.example/menu",
        **fields,
    }


def said(*conditions: dict[str, Any], **fields: Any) -> str:
    return read_back(rule(*conditions, **fields), BERLIN).who


def test_rule_reads_as_one_sentence() -> None:
    sentence = read_back(
        rule(
            {"kind": "device", "in": ["phone"]},
            {"kind": "country", "in": ["DE", "AT"]},
            {"kind": "time", "weekdays": WEEKDAYS, "from": "09:00", "to": "17:30"},
        ),
        BERLIN,
    )
    assert str(sentence) == (
        "Phones in Germany or Austria, on weekdays from 09:00 to 17:30 (Berlin time) "
        "go to shop.example/menu"
    )


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"kind": "device", "in": ["phone", "tablet"]}, "Phones or tablets"),
        ({"kind": "device", "not_in": ["tv"]}, "Visitors not on a TV"),
        ({"kind": "os", "in": ["iOS"]}, "Visitors on iOS"),
        ({"kind": "os", "not_in": ["iOS", "macOS"]}, "Visitors not on iOS and macOS"),
        ({"kind": "browser", "in": ["Instagram"]}, "Visitors in Instagram"),
        ({"kind": "browser", "not_in": ["Safari"]}, "Visitors not in Safari"),
        (
            {"kind": "language", "in": ["de", "pt-BR"]},
            "Visitors with German or Portuguese (Brazil) as their language",
        ),
        ({"kind": "language", "not_in": ["fr"]}, "Visitors without French as their language"),
        ({"kind": "country", "in": ["CH"]}, "Visitors in Switzerland"),
        (
            {"kind": "country", "in": ["NL", "GB"]},
            "Visitors in the Netherlands or the United Kingdom",
        ),
        ({"kind": "country", "not_in": ["DE", "AT"]}, "Visitors outside Germany and Austria"),
        ({"kind": "country", "in": list("ABCDEFG")}, "Visitors in A, B, C, D, E or 2 more"),
        ({"kind": "time", "weekdays": ["sun", "sat"]}, "Everyone, at weekends"),
        ({"kind": "time", "weekdays": ["mon"]}, "Everyone, on Mondays"),
        ({"kind": "time", "weekdays": ["mon", "wed"]}, "Everyone, on Mondays and Wednesdays"),
        ({"kind": "time", "weekdays": ["tue", "wed", "thu"]}, "Everyone, from Tuesday to Thursday"),
        ({"kind": "time", "from": "00:00", "to": "15:00"}, "Everyone, until 15:00 (Berlin time)"),
        ({"kind": "time", "from": "18:00", "to": "24:00"}, "Everyone, from 18:00 (Berlin time)"),
        (
            {"kind": "time", "from": "22:00", "to": "02:00"},
            "Everyone, from 22:00 to 02:00 the next day (Berlin time)",
        ),
        (
            {"kind": "time", "from": "09:00", "to": "10:00", "zone": "America/New_York"},
            "Everyone, from 09:00 to 10:00 (New York time)",
        ),
        (
            {"kind": "time", "from": "09:00", "to": "10:00", "zone": "UTC"},
            "Everyone, from 09:00 to 10:00 (UTC)",
        ),
        (
            {"kind": "time", "weekdays": ["sun"], "zone": "Asia/Tokyo"},
            "Everyone, on Sundays (Tokyo time)",
        ),
        (
            {"kind": "date", "from": "2026-12-01", "to": "2026-12-24"},
            "Everyone, from 1 to 24 December 2026",
        ),
        (
            {"kind": "date", "from": "2026-11-30", "to": "2026-12-24"},
            "Everyone, from 30 November to 24 December 2026",
        ),
        (
            {"kind": "date", "from": "2026-12-30", "to": "2027-01-02"},
            "Everyone, from 30 December 2026 to 2 January 2027",
        ),
        (
            {"kind": "date", "from": "2026-12-24", "to": "2026-12-24"},
            "Everyone, on 24 December 2026",
        ),
        ({"kind": "date", "from": "2026-12-01"}, "Everyone, from 1 December 2026"),
        (
            {"kind": "date", "to": "2026-12-24", "zone": "UTC"},
            "Everyone, until 24 December 2026 (UTC)",
        ),
        ({"kind": "parameter", "name": "table", "is": "4"}, "Visitors with table=4 in the link"),
        (
            {"kind": "parameter", "name": "table", "is_not": "4"},
            "Visitors without table=4 in the link",
        ),
        (
            {"kind": "parameter", "name": "table", "present": True},
            "Visitors with “table” in the link",
        ),
        (
            {"kind": "parameter", "name": "table", "present": False},
            "Visitors without “table” in the link",
        ),
        ({"kind": "scans", "below": 100}, "Everyone, for the first 100 scans"),
        ({"kind": "scans", "below": 1}, "Everyone, for the first scan"),
        ({"kind": "scans", "from": 12000}, "Everyone, after the first 12,000 scans"),
        ({"kind": "visitor", "seen": "new"}, "Visitors on their first scan of the day"),
        ({"kind": "visitor", "seen": "again"}, "Visitors on a later scan of the day"),
    ],
)
def test_every_kind_of_condition_has_its_words(condition: dict[str, Any], words: str) -> None:
    assert said(condition) == words


@pytest.mark.parametrize(
    "condition",
    [
        {"kind": "device", "in": []},
        {"kind": "country", "in": []},
        {"kind": "time"},
        {"kind": "date", "from": "soon"},
        {"kind": "parameter", "name": ""},
        {"kind": "scans"},
        {"kind": "visitor", "seen": ""},
        {"kind": "moon"},
    ],
)
def test_what_is_not_filled_in_yet_is_an_ellipsis(condition: dict[str, Any]) -> None:
    assert "…" in condition_phrase(condition)


def test_conditions_of_which_one_is_enough_stand_side_by_side() -> None:
    conditions = (
        {"kind": "country", "in": ["DE"]},
        {"kind": "time", "weekdays": ["sun"]},
        {"kind": "device", "in": ["phone"]},
    )
    assert said(*conditions, match="any") == "Anyone in Germany, or anyone on Sundays, or phones"


def test_rule_without_conditions_takes_everyone() -> None:
    assert str(read_back(rule())) == "Everyone goes to shop.example/menu"


def test_two_conditions_of_one_kind_are_joined() -> None:
    devices = ({"kind": "device", "in": ["phone"]}, {"kind": "device", "not_in": ["watch"]})
    assert said(*devices, {"kind": "os", "in": ["iOS"]}) == "Phones not on a watch and on iOS"


def test_split_says_its_weights() -> None:
    split = [
        {"destination_url": "https://a.example", "weight": 70},
        {"destination_url": "https://b.example/long", "weight": 30, "name": "Long page"},
    ]
    sentence = read_back({"conditions": [], "split": split})
    assert str(sentence) == "Everyone is split 70 : 30 between a.example and Long page"
    assert [target.share for target in sentence.targets] == [70, 30]


def test_weights_are_said_as_small_as_they_can_be() -> None:
    split = [
        {"destination_url": "https://a.example", "weight": weight} for weight in (400, 200, 200)
    ]
    sentence = read_back(rule({"kind": "device", "in": ["phone"]}, split=split))
    assert sentence.leads == "are split 2 : 1 : 1 between"


@pytest.mark.parametrize(
    ("weights", "shares"),
    [
        ([1, 1, 1], [34, 33, 33]),
        ([70, 30], [70, 30]),
        ([1, 999], [0, 100]),
        ([0, 0], [0, 0]),
        ([], []),
    ],
)
def test_shares_add_up_to_a_hundred(weights: list[int], shares: list[int]) -> None:
    assert split_shares(weights) == shares


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"kind": "country", "in": ["DE"]}, "Not in Germany"),
        ({"kind": "country", "not_in": ["DE", "AT"]}, "In Germany or Austria"),
        ({"kind": "device", "not_in": ["tv"]}, "On a TV"),
        ({"kind": "parameter", "name": "t", "is": "4"}, "Not with t=4 in the link"),
        ({"kind": "parameter", "name": "t", "is_not": "4"}, "With t=4 in the link"),
        ({"kind": "parameter", "name": "t", "present": True}, "Without “t” in the link"),
        ({"kind": "scans", "below": 100}, "After the first 100 scans"),
        ({"kind": "scans", "from": 100}, "For the first 100 scans"),
        ({"kind": "visitor", "seen": "new"}, "On a later scan of the day"),
        ({"kind": "time", "weekdays": ["sun"]}, "Not on Sundays"),
        ({"kind": "date", "from": "2026-12-01"}, "Not from 1 December 2026"),
    ],
)
def test_condition_that_failed_is_said_without_two_nots(
    condition: dict[str, Any], words: str
) -> None:
    assert failed_phrase(condition) == words
