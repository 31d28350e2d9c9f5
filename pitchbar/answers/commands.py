"""`pitchbar ask`: an agent, or what is found in a workspace's sources."""

import json
import textwrap
from collections.abc import Sequence
from dataclasses import asdict, replace

import click

from pitchbar.agents.publication import ServedAgent, find_published
from pitchbar.answers.answering import answer
from pitchbar.answers.fallbacks import why_quoted
from pitchbar.answers.turns import CURATED, LLM, Answered, Turn
from pitchbar.clients.vectors import VectorsUnavailable
from pitchbar.commands import in_app
from pitchbar.retrieval.answerable import Answer, answer_of
from pitchbar.retrieval.passages import with_surroundings
from pitchbar.retrieval.search import SearchResult, search
from pitchbar.workspaces.queries import find_workspace

_MODES = {
    LLM: "Written by the language model",
    CURATED: "Written beforehand by people of the workspace",
}
_QUOTED = "Sentences of the sources as they stand, without a language model"
_OFFERS = {"person": "a person of the workspace", "lead_form": "to leave an address"}
_WIDTH = 100


@click.command()
@click.argument("question")
@click.option("--agent", "public_id", default="", help="Its id, as in its page: ag_…")
@click.option("--workspace", "slug", default="", help="A workspace's slug, to see what is found.")
@click.option("--source", "source_ids", type=int, multiple=True, help="Search this one alone.")
@click.option("--limit", default=5, show_default=True, help="How many passages of a workspace.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@in_app
def ask(
    question: str,
    public_id: str,
    slug: str,
    source_ids: tuple[int, ...],
    limit: int,
    as_json: bool,
) -> None:
    """Ask an agent, as visitors do; or show what a workspace's sources have for a question:
    passages, scores, and the sentence that answers.
    """
    if bool(public_id) == bool(slug) or (public_id and source_ids):
        raise click.UsageError("Name an agent (--agent) or a workspace (--workspace).")
    try:
        said = (
            _asked(_agent(public_id), question, as_json)
            if public_id
            else _found(_workspace_id(slug), question, source_ids, limit, as_json)
        )
    except VectorsUnavailable as error:
        raise click.ClickException(f"The index could not be reached: {error}.") from None
    click.echo(said)


def _agent(public_id: str) -> ServedAgent:
    agent = find_published(public_id)
    if agent is None:
        raise click.ClickException(f"No agent {public_id} is published.")
    return agent


def _asked(agent: ServedAgent, question: str, as_json: bool) -> str:
    """Tried, as in the playground: it counts for nobody."""
    *_, last = answer(Turn(agent, question, is_tried=True))
    assert isinstance(last, Answered)  # noqa: S101  # what turns end with
    return json.dumps(asdict(last), indent=2) if as_json else "\n".join(_told_by(last))


def _told_by(answered: Answered) -> list[str]:
    lines = [_wrapped(line) for line in answered.text.splitlines()]
    if answered.citations:
        lines.append("")
    lines += [f"[{one.n}] {one.title}  {one.url}".rstrip() for one in answered.citations]
    if answered.offers:
        offered = " or ".join(_OFFERS.get(one, one) for one in answered.offers)
        lines.append(f"The agent offers {offered}.")
    return [*lines, "", _how(answered)]


def _wrapped(line: str) -> str:
    return textwrap.fill(line, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _how(answered: Answered) -> str:
    trace = answered.trace
    told = "Refused" if answered.is_refused else _MODES.get(answered.mode, _QUOTED)
    fell_back = (
        f"; the model is not heard: {why_quoted(trace.fell_back)}" if trace.fell_back else ""
    )
    sure = f"sure {trace.score:.2f}, threshold {trace.threshold:.2f}"
    return f"{told}{fell_back} ({sure}; {trace.timings.get('whole', 0):.0f} ms)."


def _found(
    workspace_id: int, question: str, source_ids: Sequence[int], limit: int, as_json: bool
) -> str:
    result = search(workspace_id, question, source_ids=source_ids or None, limit=limit)
    best = answer_of(question, result.hits)
    if as_json:
        result = replace(result, hits=with_surroundings(result.hits))
        return json.dumps({**asdict(result), "answer": asdict(best)}, indent=2)
    return "\n".join(_told(result, best))


def _told(result: SearchResult, answer: Answer) -> list[str]:
    if not result.hits:
        return ["Nothing was found."]
    lines = []
    for place, hit in enumerate(result.hits, 1):
        meaning = "" if hit.cosine is None else f", meaning {hit.cosine:.2f}"
        lines += [
            f"{place}. {hit.score:.2f} (words {hit.lexical:.1f}{meaning})  "
            f"{' > '.join(hit.headings) or hit.title}  {hit.url}",
            f"   {' '.join(hit.text.split())[:300]}",
        ]
    sure = f"{answer.score:.2f}"
    lines.append("")
    if answer.is_answered:
        lines.append(f"Answer ({sure}, from {answer.place + 1}): {answer.sentence}")
    else:
        lines.append(f"These passages do not answer it ({sure}). Nearest: {answer.sentence}")
    lines.append(
        f"Searched by {'words and meaning' if result.mode == 'hybrid' else 'words alone'} in "
        f"{result.search_ms:.0f} ms, embedded in {result.embedding_ms:.0f} ms."
    )
    return lines


def _workspace_id(slug: str) -> int:
    workspace = find_workspace(slug)
    if workspace is None:
        raise click.ClickException(f"There is no workspace at {slug}.")
    return workspace.id
