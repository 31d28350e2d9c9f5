"""`pitchbar audit-vectors` and `pitchbar rebuild-vectors`."""

import json
from typing import Any

import click
from sqlalchemy import select

from pitchbar.clients.embeddings import EmbeddingsUnavailable
from pitchbar.clients.vectors import VectorsUnavailable
from pitchbar.commands import in_app
from pitchbar.extensions import db
from pitchbar.retrieval.audit import Audit, audit
from pitchbar.retrieval.backends import describe_search, open_store
from pitchbar.retrieval.rebuilding import rebuild
from pitchbar.retrieval.repairing import repair
from pitchbar.settings import current_settings
from pitchbar.sources.models import Source
from pitchbar.workspaces.queries import find_workspace

_AWAY = (VectorsUnavailable, EmbeddingsUnavailable)


@click.command("audit-vectors")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--repair", "does_repair", is_flag=True, help="Set right what differs.")
@in_app
def audit_vectors(as_json: bool, does_repair: bool) -> None:
    """Compare the index with the chunks that are to answer; ends with 1 where they differ."""
    store = open_store(current_settings())
    try:
        found = audit(store)
        repaired = repair(store, found) if does_repair else None
    except VectorsUnavailable as error:
        raise click.ClickException(f"The index could not be reached: {error}.") from None
    db.session.commit()
    click.echo(json.dumps(_as_json(found, repaired), indent=2) if as_json else _table(found))
    if repaired and not as_json:
        click.echo(f"{repaired[0]} documents are indexed again, {repaired[1]} points are deleted.")
    click.get_current_context().exit(0 if found.is_consistent else 1)


def _as_json(found: Audit, repaired: tuple[int, int] | None) -> dict[str, Any]:
    if repaired is None:
        return found.as_dict()
    done = {"documents": repaired[0], "points": repaired[1]}
    return {**found.as_dict(), "repaired": done}


def _table(found: Audit) -> str:
    totals = found.as_dict()
    lines = [
        f"{one['name']}: {one['chunks']} chunks, {one['missing']} missing, "
        f"{one['orphan']} orphan, {one['stale']} stale"
        for one in (*totals["groups"], *totals["agents"])
    ]
    if found.is_consistent:
        lines.append(f"The index holds just what answers: {totals['chunks']} chunks.")
    else:
        lines.append(
            f"The index differs: {totals['missing']} missing, {totals['orphan']} orphan, "
            f"{totals['stale']} stale. Set it right with: pitchbar audit-vectors --repair"
        )
    return "\n".join(lines)


@click.command("rebuild-vectors")
@click.option("--workspace", "slug", default="", help="Of this workspace alone.")
@in_app
def rebuild_vectors(slug: str) -> None:
    """Put all chunks that answer into the index anew; what is there answers meanwhile."""
    settings = current_settings()
    click.echo(describe_search(settings))
    for source_id, name, generation_id in _answering(slug):
        done = 0
        try:
            for done in rebuild(generation_id, settings):  # noqa: B007  # the last one is told
                pass
        except _AWAY as error:
            raise click.ClickException(f"Stopped at source {source_id}: {error}.") from None
        click.echo(f"Source {source_id}, {name}: {done} chunks.")


def _answering(slug: str) -> list[Any]:
    chosen = select(Source.id, Source.name, Source.active_generation_id).where(
        Source.active_generation_id.is_not(None)
    )
    if slug:
        chosen = chosen.where(Source.workspace_id == _workspace_id(slug))
    return list(db.session.execute(chosen.order_by(Source.id)))


def _workspace_id(slug: str) -> int:
    workspace = find_workspace(slug)
    if workspace is None:
        raise click.ClickException(f"There is no workspace at {slug}.")
    return workspace.id
