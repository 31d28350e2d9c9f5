from pathlib import Path

import pytest

from pitchbar.reading.settings import ReadingSettings
from pitchbar.settings import SettingsError, load_settings


def test_sizes_of_chunks_are_read(tmp_path: Path) -> None:
    environ = {"CHUNK_TOKENS": "200", "CHUNK_OVERLAP_TOKENS": "0", "DATA_DIR": str(tmp_path)}
    settings = load_settings(environ)[ReadingSettings]
    assert (settings.chunk_tokens, settings.chunk_overlap_tokens) == (200, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [("CHUNK_TOKENS", "10"), ("CHUNK_TOKENS", "many"), ("CHUNK_OVERLAP_TOKENS", "300")],
)
def test_sizes_that_make_no_sense_stop_the_start(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings({name: value, "DATA_DIR": str(tmp_path)})
