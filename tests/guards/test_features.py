"""Whatever stands in a feature's folder is declared in its `feature.py`, and so is found."""

import re
from importlib import import_module
from types import ModuleType

import pytest
from flask import Blueprint, Flask

from pitchbar.core.assets import ROOT, STATIC
from pitchbar.core.database import Model
from pitchbar.features import all_commands, all_features, navigation
from pitchbar.settings import settings_groups
from pitchbar.workspaces.roles import RIGHTS

PACKAGE = ROOT / "pitchbar"
ARCHITECTURE = ROOT / "docs" / "architecture.md"

# In the rail, with nothing of their own to fill: their pages show what others put into the demo.
WITHOUT_DEMO = {
    "workspaces": "the demo is a workspace, with its owner",
    "pages": "they join what other features have",
}


def modules(*names: str) -> list[ModuleType]:
    """The modules of these names in all features, at any depth."""
    files = sorted(file for name in names for file in PACKAGE.rglob(f"{name}.py"))
    parts = [file.relative_to(ROOT).with_suffix("").parts for file in files]
    return [import_module(".".join(one)) for one in parts if len(one) > 2]


def feature_of(module: ModuleType) -> str:
    return module.__name__.split(".")[1]


def test_there_are_features_to_look_at() -> None:
    assert {"accounts", "codes", "scans", "workspaces"} <= set(all_features())


def test_every_folder_whose_parts_must_be_known_declares_them() -> None:
    parts = modules("views", "api", "tasks", "subscribers", "commands", "demo")
    assert {feature_of(part) for part in parts} - set(all_features()) == set()


def test_every_blueprint_is_registered(app: Flask) -> None:
    registered = set(app.blueprints.values())
    missing = [
        module.__name__
        for module in modules("*")
        for made in vars(module).values()
        if isinstance(made, Blueprint) and made not in registered
    ]
    assert missing == [], "name these in the blueprints of their feature.py"


def test_every_module_with_jobs_is_named() -> None:
    named = {module for feature in all_features().values() for module in feature.tasks}
    assert [module.__name__ for module in modules("tasks") if module not in named] == []


def test_every_demo_is_asked_for() -> None:
    silent = [
        module.__name__
        for module in modules("demo")
        if all_features()[feature_of(module)].make_demo is not module.make_demo
    ]
    assert silent == []


def test_every_feature_of_the_rail_has_a_part_in_the_demo() -> None:
    empty = {
        name
        for name, feature in all_features().items()
        if feature.navigation and not feature.make_demo
    }
    assert empty == set(WITHOUT_DEMO), "fill the demo, or say here why there is nothing to fill"


def test_every_command_is_reachable_under_a_name_of_its_own() -> None:
    declared = [command.name for one in all_features().values() for command in one.commands]
    assert sorted(map(str, declared)) == sorted(all_commands())


def test_every_settings_file_holds_one_group() -> None:
    homes = [feature_of(import_module(group.__module__)) for group in settings_groups()]
    assert homes == [feature_of(module) for module in modules("settings")]


def test_no_setting_stands_in_two_groups() -> None:
    names = [name for group in settings_groups() for name in group.model_fields]
    assert len(names) == len(set(names))


def test_entries_of_the_rail_lead_somewhere(app: Flask) -> None:
    sprite = next(STATIC.glob("vendor/lucide@*/sprite.svg")).read_text()
    entries = [each for item in navigation() for each in (item, *item.below)]
    assert len(entries) > 5
    for item in entries:
        assert item.endpoint in app.view_functions, item
        assert vars(app.view_functions[item.endpoint])["access"] == item.right, item
        assert item.right in RIGHTS, item
        assert f'<symbol id="{item.icon}"' in sprite, item


def test_entries_of_a_section_have_places_of_their_own() -> None:
    places = [(item.section, item.position) for item in navigation()]
    assert len(places) == len(set(places))


def test_table_of_the_data_names_every_table(app: Flask) -> None:
    data = ARCHITECTURE.read_text().partition("\n## Data\n")[2].partition("\n## ")[0]
    first_cells = [row.split("|")[1] for row in data.splitlines() if row.startswith("| `")]
    named = {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)}
    assert named == set(Model.metadata.tables)


@pytest.mark.parametrize("name", sorted(all_features()))
def test_a_feature_requires_what_stands_below_it(name: str) -> None:
    layers = (ROOT / "pyproject.toml").read_text().partition("layers = [")[2].partition("\n]")[0]
    order = {
        part: position
        for position, line in enumerate(re.findall(r'"([^"]+)"', layers))
        for part in line.split(" | ")
    }
    assert [one for one in all_features()[name].requires if order[one] <= order[name]] == []
