"""What is read from a request, however it is written."""

import time
import tracemalloc

import pytest

from pitchbar.rules.visits import language_of, read_agent, read_language, read_parameters
from tests.rules.visiting import IPHONE, NOW, visit


@pytest.mark.parametrize(
    ("header", "first"),
    [
        ("de-CH,de;q=0.9,en;q=0.8", "de-ch"),
        ("en;q=0.5, fr;q=0.9, de;q=0.7", "fr"),
        ("en;q=0.8,de;q=0.8", "en"),
        ("*, de;q=0.5", "de"),
        ("de;q=0, en;q=0.1", "en"),
        ("DE-ch", "de-ch"),
        (" fr-CA ; q = 0.3 ,nl;q=0.2", "fr-ca"),
        ("zh-Hant-TW", "zh-hant-tw"),
        ("de;q=2, en;q=0.5", "en"),
        ("de;q=nan, en;q=0.5", "en"),
        ("de;q=-1, en;q=0.5", "en"),
        ("de;level=1, en;q=0.2", "en"),
        ("", ""),
        ("*", ""),
        (",,;;,", ""),
        (";q=1", ""),
        ("ü\x00\xff, de", "de"),
        ("x" * 10_000, ""),
        ("<script>", ""),
        ("en" + ";q=0.9" * 40 + ",de", "de"),
    ],
)
def test_the_language_is_the_one_that_the_browser_ranks_first(header: str, first: str) -> None:
    assert next(iter(read_language(header)), "") == first


def test_a_tag_names_also_what_is_behind_it() -> None:
    assert language_of("zh-Hant-TW") == ("zh-hant-tw", "zh-hant", "zh")
    assert language_of("") == ()


def test_the_agent_is_read_in_lower_case() -> None:
    assert read_agent(IPHONE) == ("phone", "ios", "safari")
    assert read_agent("\x00" * 500) == ("", "", "")


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("table=4", "4"),
        ("table=4&table=5", "4"),
        ("tabl%65=a%20b", "a b"),
        ("table=a+b", "a b"),
        ("table", ""),
        ("table=", ""),
        ("table=a=b", "a=b"),
        ("table=%E2%82%AC", "€"),
        ("table=\xe2\x82\xac", "€"),
        ("table=%FF", "�"),
        ("table=%zz", "%zz"),
        ("table=%0d%0aX-Injected:%201", "\r\nX-Injected: 1"),
        ("&&&table=1", "1"),
    ],
)
def test_a_parameter_is_read_as_it_was_meant(query: str, value: str) -> None:
    assert read_parameters(query, {"table", "another"}) == {"table": value}


@pytest.mark.parametrize("query", ["", "Table=4", "table%3D4", "=4", "xtable=4", "&"])
def test_another_parameter_is_not_it(query: str) -> None:
    assert read_parameters(query, {"table"}) == {}


def test_ten_thousand_parameters_take_little_time_and_memory() -> None:
    query = "&".join(f"p{number}=%41{number}" for number in range(10_000)) + "&table=4"
    wanted = {"table", "none"}
    began = time.thread_time()
    tracemalloc.start()
    try:
        assert read_parameters(query, wanted) == {"table": "4"}
        kept, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.thread_time() - began < 0.5
    # Of each parameter nothing; other threads of this process may keep a little meanwhile.
    assert kept < 100_000
    assert most < 20 * len(query)


def test_other_visitors_have_other_identities() -> None:
    told = {
        "address": "198.51.100.8",
        "user_agent": "another",
        "language": "fr",
        "hints": '"Chromium"',
    }
    others = [visit(NOW, **{name: value}).identity() for name, value in told.items()]
    assert len({visit().identity(), *others}) == 5
    assert visit().identity() == visit(query="a=b").identity()
