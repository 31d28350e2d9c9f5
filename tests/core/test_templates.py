from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import Environment, FileSystemLoader, TemplateNotFound

from pitchbar.core.templates import warm_templates
from pitchbar.features import warm_pages
from tests.agents.factories import make_agent
from tests.hosted.factories import Page
from tests.inbox.factories import make_waiting
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People


@pytest.fixture
def compiled(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of those that are compiled from here on, as in a process that just began."""
    names: list[str] = []
    compile_one = app.jinja_env.compile

    def compile_and_note(source: str, name: str, *rest: Any) -> Any:
        names.append(name)
        return compile_one(source, name, *rest)

    assert app.jinja_env.cache is not None
    app.jinja_env.cache.clear()
    monkeypatch.setattr(app.jinja_env, "compile", compile_and_note)
    return names


def test_first_who_opens_a_hot_page_waits_for_no_template(
    app: Flask, client: FormClient, people: People, compiled: list[str]
) -> None:
    talk, agent = make_waiting(people.workspace), make_agent(people.workspace)
    sign_in(client, people.editor)
    warm_pages(app)
    assert "inbox/index.html" in compiled
    compiled.clear()
    inbox = f"/w/{people.workspace.slug}/conversations"
    for address in (
        inbox,
        f"{inbox}/{talk.public_id}",
        f"{inbox}/fragments?thread={talk.public_id}",
    ):
        assert client.get(address).status_code == 200
    assert Page(client, agent).open().status == 200
    assert compiled == []


def test_whatever_a_template_names_is_compiled(tmp_path: Path) -> None:
    for name, text in {
        "page": '{% extends "frame" %}{%- from "parts" import one %}{% include "a" %}',
        "frame": "{% block a %}{% endblock %}{% include chosen %}",
        "parts": "{% import 'a' as a %}{% macro one() %}{% endmacro %}",
        "a": "",
        "other": "",
    }.items():
        (tmp_path / name).write_text(text)
    env = Environment(loader=FileSystemLoader(tmp_path), autoescape=True)
    assert warm_templates(env, ["page"]) == {"page", "frame", "parts", "a"}
    with pytest.raises(TemplateNotFound):
        warm_templates(env, ["none"])
