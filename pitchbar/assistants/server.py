"""The tools as a server of the Model Context Protocol."""

from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import getmembers, iscoroutinefunction
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase
from mcp_types import ToolAnnotations

from pitchbar.assistants.api_client import ApiClient, ApiError
from pitchbar.assistants.tools import ReadTools, WriteTools

Tool = Callable[..., Awaitable[Any]]
_INSTRUCTIONS = (
    "Pitchbar makes QR codes whose destination can be changed after printing, counts who scans "
    "them, and answers visitors from a workspace's sources. Figures: `people` is what to report. "
    "Change or archive a code only where the person asked for it: printed codes follow at once."
)

# The library ignores an argument that a tool does not know: an assistant that misspells a filter
# would take the figures of all for those of a part.
ArgModelBase.model_config["extra"] = "forbid"


def make_server(api: ApiClient, *, may_write: bool, version: str = "") -> MCPServer[Any]:
    """With the tools that change something only where they can be used."""
    server: MCPServer[Any] = MCPServer(
        "pitchbar", title="Pitchbar", instructions=_INSTRUCTIONS, version=version, log_level="ERROR"
    )
    for tool in _tools_of(ReadTools(api)):
        server.add_tool(tool, annotations=ToolAnnotations(read_only_hint=True))
    for tool in _tools_of(WriteTools(api)) if may_write else ():
        # Nothing is deleted: what a code was before can be had back.
        hints = ToolAnnotations(
            read_only_hint=False,
            destructive_hint=False,
            idempotent_hint=tool.__name__.startswith("update_"),
        )
        server.add_tool(tool, annotations=hints)
    return server


def _tools_of(tools: object) -> list[Tool]:
    found = [tool for name, tool in getmembers(tools, iscoroutinefunction) if name[0] != "_"]
    return [_told(tool) for tool in found]


def _told(tool: Tool) -> Tool:
    """What the API refuses is told to the assistant in the API's words."""

    @wraps(tool)
    async def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return await tool(*args, **kwargs)
        except ApiError as error:
            raise ToolError(str(error)) from None

    return run
