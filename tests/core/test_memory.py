"""While a process loads, nobody looks for waste; what comes to stay is left out of later looks."""

import gc

import pytest

from pitchbar.core.memory import Keeper, keep_what_comes_to_stay, while_loading


@while_loading()
def fail_while_loading() -> None:
    assert not gc.isenabled()
    raise ValueError("broken")


@pytest.mark.parametrize("was_looking", [True, False])
def test_the_search_for_waste_rests_and_goes_on(was_looking: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if was_looking else gc.disable)()
        with pytest.raises(ValueError, match="broken"):
            fail_while_loading()
        assert gc.isenabled() is was_looking
    finally:
        (gc.enable if before else gc.disable)()


class Clock:
    """Of a search that takes so long."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def search(self, keeper: Keeper, seconds: float, generation: int = 2) -> None:
        keeper("start", {"generation": generation})
        self.now += seconds
        keeper("stop", {"generation": generation})


@pytest.fixture
def freezes(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []
    monkeypatch.setattr(gc, "freeze", lambda: found.append(1))
    return found


def test_what_a_long_search_leaves_over_is_kept_a_few_times_and_no_more(
    freezes: list[float],
) -> None:
    clock = Clock()
    keeper = Keeper(clock)
    clock.search(keeper, 0.1)
    assert freezes == []
    clock.now += 30
    clock.search(keeper, 0.1, generation=1)
    clock.search(keeper, 0.01)
    assert freezes == []
    clock.search(keeper, 0.1)
    clock.search(keeper, 0.1)
    assert len(freezes) == 1
    # Of two that were due since, one is enough.
    clock.now += 3_600
    clock.search(keeper, 0.1)
    clock.now += 100_000
    clock.search(keeper, 0.1)
    assert len(freezes) == 2


def test_searches_of_a_server_leave_out_what_came_to_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pitchbar.core.memory._AGES", (0.0,))
    monkeypatch.setattr("pitchbar.core.memory._LONG_SECONDS", 0.0)
    before, callbacks = gc.get_threshold(), gc.callbacks[:]
    try:
        keep_what_comes_to_stay()
        assert gc.get_threshold()[0] > 700
        stays = [{"a": [n]} for n in range(10_000)]
        assert any(one is stays for one in gc.get_objects())
        gc.collect()
        assert not any(one is stays for one in gc.get_objects())
    finally:
        gc.set_threshold(*before)
        gc.callbacks[:] = callbacks
