"""The API's description explains all that an endpoint may name, so that it never breaks over it."""

from flask import Flask

from pitchbar.api.descriptions import ERRORS
from pitchbar.api.document import openapi_document
from pitchbar.api.endpoints import Operation


def operations(app: Flask) -> dict[str, Operation]:
    """By endpoint."""
    views = app.view_functions.items()
    return {name: view.operation for name, view in views if hasattr(view, "operation")}


def test_topics_are_told_apart(app: Flask) -> None:
    topics = {operation.topic.name: operation.topic for operation in operations(app).values()}
    assert len(topics) > 3
    assert all(topic.description for topic in topics.values())
    twice = sorted(
        name for name, each in operations(app).items() if each.topic != topics[each.topic.name]
    )
    assert twice == [], "two topics of one name: import the one that is there"
    positions = [topic.position for topic in topics.values()]
    assert len(set(positions)) == len(positions), "give each topic a position of its own"


def test_every_part_of_an_address_is_explained(app: Flask) -> None:
    silent = [
        f"{parameter['name']} in {path}"
        for path, methods in openapi_document(app)["paths"].items()
        for operation in methods.values()
        for parameter in operation["parameters"]
        if parameter.get("in") == "path" and not parameter["description"]
    ]
    assert silent == [], "name them in the `path` of the topic"


def test_every_error_is_explained(app: Flask) -> None:
    unknown = {
        name: sorted(set(operation.errors) - set(ERRORS))
        for name, operation in operations(app).items()
        if set(operation.errors) - set(ERRORS)
    }
    assert unknown == {}, "describe these statuses in pitchbar/api/descriptions.py"
