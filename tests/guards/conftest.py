import pytest


@pytest.fixture(autouse=True)
def _no_process_for_each_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards send something to every address. What the button of the release check starts would go
    on when its database is gone; `tests/operations/test_release_page.py` starts it.
    """
    monkeypatch.setattr("pitchbar.operations.release.views.start_check_process", lambda *_: None)
