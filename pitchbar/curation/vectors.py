"""What the packaged model makes of the questions of curated answers, kept beside them. A turn
compares its question with all of them, and reads none but those that come near.
"""

import hashlib
import logging
from collections.abc import Sequence

from sqlalchemy import or_, select

from pitchbar.clients.embeddings import PACKAGED, EmbeddingsUnavailable
from pitchbar.curation.meaning import reading_of
from pitchbar.curation.models import CuratedAnswer
from pitchbar.extensions import db

log = logging.getLogger(__name__)

# Questions that are looked at word by word, and how near they must be. What `meaning.nearness`
# calls the same is nearer, but for the same words in another order, which are near as well.
_LOOKED_AT, _NEAR = 8, 0.6
_SIZE = 384


def keep_vectors(one: CuratedAnswer) -> None:
    """Of its questions as they are now; none where words alone are searched for."""
    import numpy as np

    one.vectors = one.vectors_of = None
    try:
        read = [reading_of(question) for question in one.questions]
    except EmbeddingsUnavailable as error:
        log.warning("Kept no vectors of a curated answer: %s", error)
        return
    rows = [reading.vector for reading in read if reading is not None]
    if len(rows) == len(one.questions):
        one.vectors, one.vectors_of = np.stack(rows).astype("<f4").tobytes(), _key_of(one)


def _key_of(one: CuratedAnswer) -> str:
    """The release before changes questions without knowing of their vectors."""
    digest = hashlib.sha256("\n".join(one.questions).encode()).hexdigest()
    return f"{PACKAGED}:{digest[:16]}"


def fill_vectors(most: int) -> int:
    """For some answers that have none by the present model, as the release before wrote them;
    returns how many.
    """
    kept = CuratedAnswer.vectors_of
    stale = or_(kept.is_(None), kept.not_like(f"{PACKAGED}:%"))
    query = select(CuratedAnswer).where(stale).order_by(CuratedAnswer.id).limit(most)
    found = db.session.scalars(query).all()
    for one in found:
        keep_vectors(one)
    return sum(1 for one in found if one.vectors_of)


def near_questions(answers: Sequence[CuratedAnswer], text: str) -> dict[int, list[str]]:
    """By answer, which of its questions may mean the same as `text`. Of an answer without vectors
    that is all of them.
    """
    import numpy as np

    near = {one.id: list(one.questions) for one in answers}
    reading = reading_of(text) if answers else None
    known = [one for one in answers if one.vectors_of == _key_of(one)]
    if reading is None or not known:
        return near
    places = [(one.id, question) for one in known for question in one.questions]
    rows = np.frombuffer(b"".join(one.vectors or b"" for one in known), dtype="<f4")
    nearness = rows.reshape(-1, _SIZE) @ reading.vector
    near |= {one.id: [] for one in known}
    for at in np.argsort(-nearness)[:_LOOKED_AT]:
        if nearness[at] >= _NEAR:
            near[places[at][0]].append(places[at][1])
    return near
