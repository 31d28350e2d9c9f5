"""`pitchbar widget`: builds the files that customers' pages load."""

from collections.abc import Mapping

import click

from pitchbar.widget.building import CannotBuild, NoNode
from pitchbar.widget.building import build as build_files
from pitchbar.widget.built import BuiltFile, read_built, weigh
from pitchbar.widget.comparing import find_differences, find_faults


@click.group()
def widget() -> None:
    """The chat widget that customers' pages load."""


@widget.command()
@click.option("--check", is_flag=True, help="Build aside, compare, and say what differs.")
def build(check: bool) -> None:
    """Build static/widget/built from static/widget/src. Needs Node; serving does not."""
    if check:
        _check()
        return
    try:
        files: Mapping[str, BuiltFile] = build_files()
    except CannotBuild as error:
        raise click.ClickException(str(error)) from None
    click.echo(_table(files))
    _end_with(find_faults())


def _check() -> None:
    faults = find_faults()
    try:
        faults += find_differences()
    except NoNode:
        click.echo("Node is not here: the files are weighed, and not built anew to be compared.")
    except CannotBuild as error:
        faults.append(str(error))
    _end_with(faults)
    click.echo(_table(read_built()))


def _end_with(faults: list[str]) -> None:
    if faults:
        raise click.ClickException("\n".join(faults))


def _table(files: Mapping[str, BuiltFile]) -> str:
    lines = [f"{'file':<16}{'bytes':>8}{'gzip':>8}{'br':>8}"]
    lines += [f"{one.name:<16}{one.bytes:>8,}{one.gzip:>8,}{one.br:>8,}" for one in files.values()]
    lines += [f"{one.label:<16}{'':>8}{one.gzip:>8,}  of {one.most:,}" for one in weigh(files)]
    return "\n".join(lines)
