"""Whatever stands in a feature's folder is declared in its `feature.py`, and so is found."""

import re
from importlib import import_module
from types import ModuleType

import click
import pytest
from flask import Blueprint, Flask, url_for

from pitchbar import features
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
    "billing": "nothing is paid for in the demo, and its page of usage shows what others put in",
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
    silent = sorted({feature_of(part) for part in parts} - set(all_features()))
    assert silent == [], "give each of these folders a feature.py with its FEATURE"


def test_tables_of_every_feature_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(features, "import_module", loaded.append)
    # Once a process; here it is asked what that once would be.
    features.import_models.__wrapped__()
    assert loaded == [module.__name__ for module in modules("models")]


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
    missing = [module.__name__ for module in modules("tasks") if module not in named]
    assert missing == [], "name these in the tasks of their feature.py"


def test_every_demo_is_asked_for() -> None:
    silent = [
        module.__name__
        for module in modules("demo")
        if all_features()[feature_of(module)].make_demo is not module.make_demo
    ]
    assert silent == [], "name these as make_demo in their feature.py"


def test_every_subscriber_is_asked_to_register() -> None:
    silent = [
        module.__name__
        for module in modules("subscribers")
        if not all_features()[feature_of(module)].subscribe
    ]
    assert silent == [], "name these as subscribe in their feature.py"


def test_every_feature_of_the_rail_has_a_part_in_the_demo() -> None:
    empty = {
        name
        for name, feature in all_features().items()
        if feature.navigation and not feature.make_demo
    }
    assert empty == set(WITHOUT_DEMO), "fill the demo, or say here why there is nothing to fill"


def test_every_command_is_declared() -> None:
    made = {
        name: command
        for module in modules("commands")
        for name, command in vars(module).items()
        if isinstance(command, click.Command)
    }
    groups = [command for command in made.values() if isinstance(command, click.Group)]
    within = [command for group in groups for command in group.commands.values()]
    declared = [*all_commands().values(), *within]
    missing = [name for name, command in made.items() if command not in declared]
    assert missing == [], "name these in the commands of their feature.py"


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
        assert item.endpoint in app.view_functions, f"no view is named {item.endpoint}"
        assert vars(app.view_functions[item.endpoint])["access"] == item.right, item
        assert item.right in RIGHTS, f"name {item.right} in pitchbar/workspaces/roles.py"
        drawn = f'<symbol id="{item.icon}"' in sprite
        assert drawn, f"take another icon than {item.icon}, or add it to the sprite"


def test_acts_of_the_palette_lead_to_pages_that_their_right_opens(app: Flask) -> None:
    acts = [act for feature in all_features().values() for act in feature.acts]
    assert acts
    for act in acts:
        assert vars(app.view_functions[act.endpoint])["access"] == act.right, act
        with app.test_request_context():
            assert url_for(act.endpoint, slug="any"), f"{act.endpoint} takes more than the slug"


def test_no_key_means_two_things() -> None:
    entries = [each for item in navigation() for each in (item, *item.below)]
    acts = [act for feature in all_features().values() for act in feature.acts]
    keys = [*(one.keys for one in entries if one.keys), *(one.keys for one in acts if one.keys)]
    # "g y" is the account's; the others are the palette's own.
    taken = [*keys, "g y", "g", "/", "?"]
    assert sorted(taken) == sorted(set(taken))
    assert all(re.fullmatch("(g )?[a-z]", one) for one in keys)


def test_entries_of_a_section_have_places_of_their_own() -> None:
    places = [(item.section, item.position) for item in navigation()]
    assert len(places) == len(set(places))


def test_table_of_the_data_names_every_table(app: Flask) -> None:
    data = ARCHITECTURE.read_text().partition("\n## Data\n")[2].partition("\n## ")[0]
    first_cells = [row.split("|")[1] for row in data.splitlines() if row.startswith("| `")]
    named = {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)}
    tables = set(Model.metadata.tables)
    assert sorted(tables - named) == [], "give each a line under Data in docs/architecture.md"
    assert sorted(named - tables) == [], "docs/architecture.md names tables that are gone"


@pytest.mark.parametrize("name", sorted(all_features()))
def test_a_feature_requires_what_stands_below_it(name: str) -> None:
    layers = (ROOT / "pyproject.toml").read_text().partition("layers = [")[2].partition("\n]")[0]
    order = {
        part: position
        for position, line in enumerate(re.findall(r'"([^"]+)"', layers))
        for part in line.split(" | ")
    }
    assert name in order, f"give {name} its place in the layers of pyproject.toml"
    above = [one for one in all_features()[name].requires if order[one] <= order[name]]
    assert above == [], f"{name} requires what stands above it in the layers of pyproject.toml"


def test_the_bar_of_small_screens_has_room_for_five(app: Flask) -> None:
    items = [item for item in app.extensions["navigation"] if item.section != "Manage"]
    in_bar = [item for item in items if item.in_bar]
    assert len(in_bar) + sum(len(item.below) for item in in_bar) <= 5
