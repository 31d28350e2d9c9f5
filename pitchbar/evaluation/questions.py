"""The questions of an agent's regression set."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select

from pitchbar.agents.models import Agent
from pitchbar.chat.models import DOWN, Conversation, Message
from pitchbar.core.database import MAX_ID
from pitchbar.core.text import storable
from pitchbar.curation.gaps import question_before
from pitchbar.curation.models import CuratedAnswer
from pitchbar.evaluation.errors import InvalidQuestion, QuestionNotFound, TooManyQuestions
from pitchbar.evaluation.models import BY_HAND, CORRECTED, DISLIKED, RegressionQuestion
from pitchbar.evaluation.settings import EvaluationSettings
from pitchbar.events.actors import Actor
from pitchbar.events.services import Event, record_event
from pitchbar.extensions import db
from pitchbar.settings import Settings, current_settings
from pitchbar.sources.models import Chunk
from pitchbar.workspaces.locking import lock_workspace

_LONGEST, _LONGEST_EXPECTED = 500, 2_000


def get_question(agent: Agent, question_id: int) -> RegressionQuestion:
    one = db.session.get(RegressionQuestion, question_id) if question_id <= MAX_ID else None
    if one is None or one.agent_id != agent.id:
        raise QuestionNotFound
    return one


def count_questions(agent_id: int) -> int:
    counting = select(func.count()).where(RegressionQuestion.agent_id == agent_id)
    return db.session.scalar(counting) or 0


def list_questions(agent_id: int, before: int, limit: int) -> Sequence[RegressionQuestion]:
    """The newest first; those before that id, where it is not 0."""
    query = select(RegressionQuestion).where(RegressionQuestion.agent_id == agent_id)
    if before:
        query = query.where(RegressionQuestion.id < before)
    return db.session.scalars(query.order_by(RegressionQuestion.id.desc()).limit(limit)).all()


def add_question(
    agent: Agent,
    by: Actor,
    settings: Settings,
    *,
    text: str,
    expected: str = "",
    chunk_id: int | None = None,
    must_refuse: bool = False,
    origin: str = BY_HAND,
) -> RegressionQuestion:
    """`chunk_id` names the passage that must be found in place of its text. Who asks the same again
    gets the one that is there, with what is expected now.

    Raises:
        InvalidQuestion, TooManyQuestions
    """
    cleaned = " ".join(storable(text).split())
    if not cleaned:
        raise InvalidQuestion("text", "Enter the question as a visitor would ask it.")
    if len(cleaned) > _LONGEST:
        raise InvalidQuestion("text", f"A question can have {_LONGEST} characters.")
    wanted = _text_of(agent, chunk_id) if chunk_id else storable(expected).strip()
    if wanted and must_refuse:
        sentence = "Where it must say that it does not know, no passage can be expected."
        raise InvalidQuestion("expected", sentence)
    lock_workspace(agent.workspace_id)
    one = _find_same(agent.id, cleaned) or _new(agent, settings, cleaned, origin)
    one.expected, one.must_refuse = wanted[:_LONGEST_EXPECTED], must_refuse
    db.session.flush()
    told = {"question": cleaned, "must_refuse": must_refuse}
    record_event("test_question.added", one, by=by, after=told)
    return one


def _new(agent: Agent, settings: Settings, text: str, origin: str) -> RegressionQuestion:
    limit = settings[EvaluationSettings].regression_questions_per_agent
    if count_questions(agent.id) >= limit:
        raise TooManyQuestions(limit)
    one = RegressionQuestion(
        workspace_id=agent.workspace_id, agent_id=agent.id, text=text, origin=origin
    )
    db.session.add(one)
    return one


def _find_same(agent_id: int, text: str) -> RegressionQuestion | None:
    return db.session.scalars(
        select(RegressionQuestion)
        .where(RegressionQuestion.agent_id == agent_id, RegressionQuestion.text == text)
        .limit(1)
    ).first()


def _text_of(agent: Agent, chunk_id: int) -> str:
    chunk = db.session.get(Chunk, chunk_id) if 0 < chunk_id <= MAX_ID else None
    if chunk is None or chunk.workspace_id != agent.workspace_id:
        raise InvalidQuestion("expected", "This passage is not there any more. Ask again.")
    return chunk.text


def delete_question(one: RegressionQuestion, by: Actor) -> None:
    record_event("test_question.deleted", one, by=by, before={"question": one.text})
    db.session.execute(delete(RegressionQuestion).where(RegressionQuestion.id == one.id))


def note_disliked(conversation: Conversation, answer: Message) -> None:
    """Every thumbs-down becomes a question, as long as there is room."""
    asked = question_before(answer) if answer.feedback == DOWN else None
    if asked is None:
        return
    one = _note(
        conversation.workspace_id, conversation.agent_id, answer.question or asked.text, DISLIKED
    )
    if one is not None:
        one.message_id, one.visitor_id = asked.id, conversation.visitor_id
        db.session.flush()


def note_corrected(event: Event) -> None:
    """So does every question that somebody answered by hand."""
    curated = db.session.get_one(CuratedAnswer, int(event.subject.id))
    if curated.agent_id is not None:
        _note(curated.workspace_id, curated.agent_id, curated.question, CORRECTED)


def _note(workspace_id: int, agent_id: int, text: str, origin: str) -> RegressionQuestion | None:
    """None where it is there, or there is no room."""
    cleaned = " ".join(text.split())[:_LONGEST]
    limit = current_settings()[EvaluationSettings].regression_questions_per_agent
    if not cleaned or _find_same(agent_id, cleaned) or count_questions(agent_id) >= limit:
        return None
    one = RegressionQuestion(
        workspace_id=workspace_id, agent_id=agent_id, text=cleaned, origin=origin
    )
    db.session.add(one)
    db.session.flush()
    return one
