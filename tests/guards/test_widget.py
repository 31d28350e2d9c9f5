"""The committed files of the widget are what its sources make, and light enough."""

import json
import re

import pytest

from pitchbar.widget.building import has_node
from pitchbar.widget.built import FOLDER, read_built
from pitchbar.widget.comparing import find_differences, find_faults


def test_the_files_hold_together_and_keep_to_their_budgets() -> None:
    assert {"widget.js", "app.js", "preview.js"} <= set(read_built())
    assert find_faults() == []


@pytest.mark.skipif(not has_node(), reason="Node and npm are not here: nothing can be built")
def test_the_files_are_what_the_sources_make() -> None:
    assert find_differences() == []


def test_the_lock_pins_everything_and_names_no_place() -> None:
    lock = json.loads((FOLDER / "package-lock.json").read_text())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert packages
    assert all(re.match("sha512-", one["integrity"]) for one in packages.values())
    assert "resolved" not in (FOLDER / "package-lock.json").read_text()
    wanted = json.loads((FOLDER / "package.json").read_text())["devDependencies"]
    assert {packages[f"node_modules/{name}"]["version"] for name in wanted} == set(wanted.values())
