"""While a process loads, nobody looks for waste; afterwards it is as it was."""

import gc

import pytest

from pitchbar.core.memory import while_loading


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
