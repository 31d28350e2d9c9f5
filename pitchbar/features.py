"""Collects what the features' folders declare, and binds it to the application."""

from collections.abc import Mapping
from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

import click
from flask import Flask

from pitchbar.core.features import Feature, NavigationItem
from pitchbar.core.templates import warm_templates
from pitchbar.extensions import csrf


@cache
def all_features() -> Mapping[str, Feature]:
    """By the name of the folder; each stands after those that it requires."""
    files = sorted(Path(__file__).parent.glob("*/feature.py"))
    names = [file.parent.name for file in files]
    found: dict[str, Feature] = {
        name: import_module(f"pitchbar.{name}.feature").FEATURE for name in names
    }
    order = TopologicalSorter({name: feature.requires for name, feature in found.items()})
    return {name: found[name] for name in order.static_order()}


def register_features(app: Flask) -> None:
    import_models()
    for feature in all_features().values():
        for blueprint in feature.api_blueprints:
            csrf.exempt(blueprint)
        for blueprint in (*feature.blueprints, *feature.api_blueprints):
            app.register_blueprint(blueprint)
        if feature.subscribe:
            feature.subscribe()
        if feature.configure:
            feature.configure(app)
    app.extensions["navigation"] = navigation()
    # For what lies below and shows what all of them have.
    app.extensions["features"] = tuple(all_features().values())


def warm_pages(app: Flask) -> None:
    """What servers do before they let anybody in."""
    names = (name for feature in all_features().values() for name in feature.hot_templates)
    warm_templates(app.jinja_env, names)


@cache
def import_models() -> None:
    """A table is known, to migrations above all, before anything else of its feature is there."""
    package = Path(__file__).parent
    for file in sorted(package.glob("*/**/models.py")):
        parts = file.relative_to(package).with_suffix("").parts
        import_module(".".join(("pitchbar", *parts)))


def navigation() -> tuple[NavigationItem, ...]:
    """Every entry of the rail, in order within its section."""
    items = [item for feature in all_features().values() for item in feature.navigation]
    return tuple(sorted(items, key=lambda item: item.position))


def all_commands() -> dict[str, click.Command]:
    """Of all features, by name."""
    found = [command for feature in all_features().values() for command in feature.commands]
    return {command.name or "": command for command in found}
