"""What an agent says when it does not know: so, and what it can help with instead."""

from collections.abc import Sequence

from sqlalchemy import select

from pitchbar.answers.turns import Turn
from pitchbar.extensions import db
from pitchbar.sources.models import Source

UNKNOWN = "I could not find an answer to that in what I know."

_SENTENCES = {
    "en": (UNKNOWN, "I know my way around: {topics}.", "You could ask me: {questions}"),
    "de": (
        "Darauf habe ich in dem, was ich weiß, keine Antwort gefunden.",
        "Ich kenne mich hiermit aus: {topics}.",
        "Fragen Sie mich zum Beispiel: {questions}",
    ),
    "fr": (
        "Je n'ai pas trouvé de réponse à cela dans ce que je sais.",
        "Voici ce que je connais : {topics}.",
        "Vous pouvez me demander, par exemple : {questions}",
    ),
    "es": (
        "No he encontrado respuesta a eso en lo que sé.",
        "Esto es lo que conozco: {topics}.",
        "Puede preguntarme, por ejemplo: {questions}",
    ),
    "it": (
        "In quello che so non ho trovato una risposta.",
        "Ecco che cosa conosco: {topics}.",
        "Può chiedermi, per esempio: {questions}",
    ),
    "nl": (
        "Daarop heb ik in wat ik weet geen antwoord gevonden.",
        "Hier weet ik iets van: {topics}.",
        "U kunt mij bijvoorbeeld vragen: {questions}",
    ),
    "pt": (
        "Não encontrei resposta para isso no que sei.",
        "Isto é o que conheço: {topics}.",
        "Pode perguntar-me, por exemplo: {questions}",
    ),
    "ar": (
        "لم أجد جوابًا عن ذلك فيما أعرفه.",
        "هذا ما أعرفه: {topics}.",
        "يمكنك أن تسألني مثلًا: {questions}",
    ),
}
_COMMAS = {"ar": "، "}
_MOST = 3


def refusal_of(turn: Turn, language: str) -> str:
    """In the agent's own words where it has some; and questions that it was given to start with,
    else the names of its sources.
    """
    known = language[:2].lower()
    unknown, about, ask = _SENTENCES.get(known, _SENTENCES["en"])
    config = turn.agent.config
    said = config.refusal or unknown
    if config.starters:
        quoted = " · ".join(config.starters[:_MOST])
        return f"{said} {ask.format(questions=quoted)}"
    names = _source_names(turn.agent.workspace_id, turn.agent.source_ids)
    topics = _COMMAS.get(known, ", ").join(names)
    return f"{said} {about.format(topics=topics)}" if names else said


def _source_names(workspace_id: int, source_ids: Sequence[int] | None) -> list[str]:
    """Of those that answer, the first by name."""
    answering = (Source.workspace_id == workspace_id, Source.active_generation_id.is_not(None))
    query = select(Source.name).where(*answering)
    if source_ids is not None:
        query = query.where(Source.id.in_(source_ids))
    return list(db.session.scalars(query.order_by(Source.name).limit(_MOST)))
