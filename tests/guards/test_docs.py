"""The documents name files, commands, settings and functions that exist."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from pydantic_core import PydanticUndefined

from pitchbar.cli import main
from pitchbar.core.assets import ROOT
from pitchbar.settings import setting_fields

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)

_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"[\w@.-]+(/[\w@.-]+)*(/|\.(py|md|toml|txt|html|ndjson))|Procfile")
_ROW = re.compile(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)? ?\| (.+) \|$", re.MULTILINE)


def spans(document: Path) -> list[str]:
    return _CODE.findall(_BLOCK.sub("", document.read_text()))


def blocks(document: Path, language: str) -> list[str]:
    return [text for name, text in _BLOCK.findall(document.read_text()) if name == language]


def commands(document: Path) -> Iterator[list[str]]:
    """The arguments of each `pitchbar …` that a reader is told to type."""
    for text in (*blocks(document, "sh"), *spans(document)):
        for found in re.findall(r"(?:^|(?<!--app)\s|\(|bin/)pitchbar ([a-z][^)#\n]*)", text):
            yield found.split()


def sources() -> str:
    folders = ("pitchbar", "tests", "migrations")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return "\n".join(path.read_text() for path in files if path != Path(__file__))


def default_of(name: str) -> str:
    """As the table writes it: empty for nothing, lower case for a switch."""
    default = setting_fields()[name].default
    assert default is not PydanticUndefined
    derived = {
        "spool_dir": "DATA_DIR/spool",
        "vectors_dir": "DATA_DIR/vectors",
        "database_url": "sqlite:///DATA_DIR/pitchbar.db",
    }
    if name in derived:
        return derived[name]
    if isinstance(default, bool):
        return str(default).lower()
    return "" if default in ("", (), None) else str(default)


def test_settings_in_the_table_are_exactly_those_there_are() -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    rows = {name: default for name, default, _ in _ROW.findall(text)}
    settings = {name.upper(): default_of(name) for name in setting_fields()}
    wrong = {name: default for name, default in settings.items() if rows.get(name) != default}
    assert wrong == {}, "give each a line with this default in docs/settings.md"
    assert sorted(set(rows) - set(settings)) == [], "docs/settings.md names settings that are gone"


@each_document
def test_files_that_are_named_exist(document: Path) -> None:
    named = {span for span in spans(document) if _PATH.fullmatch(span)}
    # A file that every feature has is named without its folder; one that scans leave is no source.
    places = (
        ROOT,
        *(
            ROOT / part
            for part in (
                "pitchbar",
                "pitchbar/codes",
                "pitchbar/mailing",
                "tests/codes",
                "tests/mailing",
            )
        ),
    )
    missing = [name for name in named if not any((place / name).exists() for place in places)]
    assert set(missing) - {"rejected.ndjson"} == set()


@each_document
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\[[^\]]+\]\(([^)#]+)\)", document.read_text())
    assert [one for one in targets if not (document.parent / one).exists()] == []


@each_document
def test_commands_that_are_named_exist(document: Path) -> None:
    for words in commands(document):
        command: click.Command | None = main
        arguments = iter(words)
        while isinstance(command, click.Group):
            command = command.get_command(click.Context(command), next(arguments, ""))
        assert command is not None, words
        options = {name for option in command.params for name in option.opts}
        assert {word for word in words if word.startswith("--")} <= options, words


@each_document
def test_scripts_that_are_named_can_be_run(document: Path) -> None:
    for name in re.findall(r"(?<![\w/.])(?:bin|\.ci)/[a-z]+", document.read_text()):
        assert os.access(ROOT / name, os.X_OK), name


@each_document
def test_names_of_the_code_that_are_told_exist(document: Path) -> None:
    named = {span for span in spans(document) if re.fullmatch(r"[a-z]+_\w+|[A-Z]\w+[a-z]\w*", span)}
    code = sources()
    assert {name for name in named if name not in code and name != "Procfile"} == set()


@each_document
def test_settings_that_are_named_exist(document: Path) -> None:
    known = {name.upper() for name in setting_fields()} | {
        "NAME",
        "NAME_FILE",
        "TOKEN",
        "WRITE_ACCESS_TABLE",
        # Of `pitchbar mcp`, which reads no settings of an installation.
        "PITCHBAR_TOKEN",
        # Of servers, which they read by themselves.
        "WEB_CONCURRENCY",
    }
    named = {span for span in spans(document) if re.fullmatch(r"[A-Z]+(_[A-Z]+)+", span)}
    exported = re.findall(r"\b([A-Z]+(?:_[A-Z]+)+)=", document.read_text())
    assert (named | set(exported)) - known == set()


def test_example_test_of_the_recipe_is_python_that_imports() -> None:
    [example] = blocks(ROOT / "docs" / "adding-a-feature.md", "python")
    names: dict[str, object] = {}
    exec(compile(example, "the recipe", "exec"), names)
    assert callable(names["test_editor_archives_a_code"])


def test_readme_is_short() -> None:
    assert len(DOCUMENTS[0].read_text().splitlines()) <= 120
