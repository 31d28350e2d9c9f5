"""What was signed stays signed when a clock is set back."""

import time
from collections.abc import Callable

import pytest
from itsdangerous import BadSignature, SignatureExpired

from pitchbar.core.signed_cookies import MOST_AHEAD_SECONDS, timed_serializer
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People

Turn = Callable[[float], None]


@pytest.fixture
def turn_clock(monkeypatch: pytest.MonkeyPatch) -> Turn:
    """Sets the clock of this process by so many seconds from the real one."""
    real = time.time

    def turn(seconds: float) -> None:
        monkeypatch.setattr(time, "time", lambda: real() + seconds)

    return turn


def test_nobody_is_signed_out_by_a_clock_that_is_set_back(
    client: FormClient, people: People, turn_clock: Turn
) -> None:
    sign_in(client, people.owner)
    page = f"/w/{people.workspace.slug}/codes"
    turn_clock(-60)
    assert client.get(page).status_code == 200
    turn_clock(60)
    assert client.get(page).status_code == 200


def test_neither_too_old_nor_of_another_day_nor_forged(turn_clock: Turn) -> None:
    signed = timed_serializer(["old", "new"], "test").dumps("word")
    later = timed_serializer(["new", "newer"], "test")
    assert later.loads(signed, max_age=10) == "word"
    for seconds, is_taken in (
        (9, True),
        (12, False),
        (-MOST_AHEAD_SECONDS + 5, True),
        (-MOST_AHEAD_SECONDS - 5, False),
    ):
        turn_clock(seconds)
        if is_taken:
            assert later.loads(signed, max_age=10) == "word"
        else:
            with pytest.raises(SignatureExpired):
                later.loads(signed, max_age=10)
    turn_clock(0)
    for wrong in (f"{signed}x", timed_serializer(["other"], "test").dumps("word"), "word", ""):
        with pytest.raises(BadSignature):
            later.loads(wrong, max_age=10)
