"""`pitchbar mcp`."""

import asyncio
from importlib.metadata import version

import click

from pitchbar.commands import Console


@click.command()
@click.option("--url", default="", help="Of the installation; APP_URL without it.")
@click.option(
    "--token",
    envvar="PITCHBAR_TOKEN",
    default="",
    help="An API token; better in the variable PITCHBAR_TOKEN.",
)
@click.pass_obj
def mcp(console: Console, url: str, token: str) -> None:
    """Serve the API to an assistant, as a server of the Model Context Protocol on standard input
    and output. A token that may only read has the tools that read.
    """
    # A second and more of imports that no other command needs.
    from pitchbar.assistants.api_client import ApiClient, ApiError
    from pitchbar.assistants.server import make_server

    if not token:
        raise click.UsageError("Put an API token into the variable PITCHBAR_TOKEN.")
    address = url or console.settings.app_url

    async def run() -> None:
        api = ApiClient(address, token)
        scope = (await api.own_token())["scope"]
        server = make_server(api, may_write=scope == "read-write", version=version("pitchbar"))
        await server.run_stdio_async()

    try:
        asyncio.run(run())
    except ApiError as error:
        raise click.ClickException(str(error)) from None
