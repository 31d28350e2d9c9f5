"""`pitchbar mcp`: the program itself, asked by the protocol's own client over its pipes."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from pitchbar.cli import main
from pitchbar.codes.models import Code
from pitchbar.extensions import db
from tests.pages.watching import Served, serve
from tests.retrieval.factories import handbook, make_indexed
from tests.support.factories import People, make_code, make_token

Act = Callable[[Client], Awaitable[Any]]


@pytest.fixture
def served(app: Flask) -> Iterator[Served]:
    with serve(app) as served:
        yield served


@pytest.fixture
def ask(served: Served, people: People, tmp_path: Path) -> Callable[..., Any]:
    """Runs an act with a client of a program that has a token of `people.workspace`."""

    def ask(act: Act, scope: str = "read-write", token: str = "") -> Any:
        secret = token or make_token(people.workspace, scope=scope)
        server = StdioServerParameters(
            command=sys.executable,
            args=["-m", "pitchbar.cli", "mcp", "--url", served.at.replace("ws:", "http:")],
            env={
                "PATH": os.environ["PATH"],
                "PITCHBAR_TOKEN": secret,
                "DATA_DIR": str(tmp_path / "data"),
            },
        )

        async def run() -> Any:
            async with Client(server, read_timeout_seconds=120) as client:
                return await act(client)

        return asyncio.run(run())

    return ask


def test_assistant_makes_a_code_reads_figures_and_searches_sources(
    ask: Callable[..., Any], people: People
) -> None:
    make_indexed(people.workspace.id, handbook())

    async def work(client: Client) -> dict[str, Any]:
        made = await client.call_tool(
            "create_code",
            {
                "name": "Menu",
                "destination_url": "https://a.example/menu",
                "utm": {"source": "poster"},
                "labels": ["Print"],
            },
        )
        code = made.structured_content
        asked = {
            "listed": ("list_codes", {"search": "menu"}),
            "changed": (
                "update_code",
                {"code_id": code["id"], "destination_url": "https://a.example/summer"},
            ),
            "figures": ("get_figures", {"code_id": code["id"], "breakdown": "country"}),
            "filtered": ("get_figures", {"filters": {"country": "!DE"}, "interval": "week"}),
            "found": ("search_sources", {"question": "How long is a voucher worth?"}),
            "nothing": ("search_sources", {"question": "How tall is the Eiffel Tower?"}),
            "refused": (
                "create_code",
                {"name": "Bad", "destination_url": "javascript:alert(1)"},
            ),
            "elsewhere": ("get_code", {"code_id": 987654}),
            "wrong": ("create_code", {"name": ""}),
            "unknown": ("get_figures", {"filter": {"country": "DE"}}),
        }
        return {name: await client.call_tool(*call) for name, call in asked.items()}

    found = ask(work)
    told = {name: one.structured_content for name, one in found.items()}
    assert [one["name"] for one in told["listed"]["data"]] == ["Menu"]
    assert told["changed"]["destination_url"] == "https://a.example/summer"
    assert told["figures"]["totals"]["hits"] == 0
    assert told["figures"]["breakdown"] == []
    assert told["filtered"]["series"]
    assert told["found"]["answer"] == "A voucher is worth three years and is never paid out."
    assert told["found"]["data"][0]["headings"]
    assert told["nothing"]["answer"] is None
    assert [name for name, one in found.items() if one.is_error] == [
        "refused",
        "elsewhere",
        "wrong",
        "unknown",
    ]
    assert "destination_url" in found["refused"].content[0].text
    assert "filter\n  Extra inputs are not permitted" in found["unknown"].content[0].text
    db.session.rollback()
    code = db.session.query(Code).one()
    assert (code.name, code.utm_source) == ("Menu", "poster")


def test_token_that_may_only_read_has_no_tool_that_writes(
    ask: Callable[..., Any], people: People
) -> None:
    make_code(people.workspace, name="There")

    async def look(client: Client) -> Any:
        tools = (await client.list_tools()).tools
        return tools, await client.call_tool("list_codes"), await client.call_tool("get_workspace")

    tools, codes, workspace = ask(look, scope="read")
    assert {one.annotations.read_only_hint for one in tools} == {True}
    assert {"list_codes", "get_figures", "search_sources"} <= {one.name for one in tools}
    assert [one["name"] for one in codes.structured_content["data"]] == ["There"]
    assert workspace.structured_content["slug"] == people.workspace.slug
    assert [one.name for one in tools if not one.description] == []


def _refused(environ: dict[str, str], *arguments: str) -> str:
    result = CliRunner(env=environ).invoke(main, ["mcp", *arguments])
    assert result.exit_code != 0
    return result.output


def test_wrong_token_missing_token_and_nobody_there_are_said(
    served: Served, tmp_path: Path
) -> None:
    environ = {"DATA_DIR": str(tmp_path / "data"), "PITCHBAR_TOKEN": "pb_live_wrong"}
    here = served.at.replace("ws:", "http:")
    assert "valid API token" in _refused(environ, "--url", here)
    assert "could not be reached" in _refused(environ, "--url", "http://127.0.0.1:9")
    assert "PITCHBAR_TOKEN" in _refused({**environ, "PITCHBAR_TOKEN": ""}, "--url", here)
