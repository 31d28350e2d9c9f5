"""How near words come to each other, by vectors that were made by hand."""

import numpy as np
import pytest

from pitchbar.clients.embeddings import Reading
from pitchbar.clients.unit_vectors import Vectors
from pitchbar.retrieval.sentence_terms import Term
from pitchbar.retrieval.word_nearness import (
    how_far_meant,
    nearness_of_pieces,
    nearness_of_words,
)

# Of "dogs" the model makes two pieces, of "do" one that tells nothing.
QUESTION = "do dogs play"
NORTH, EAST, UP = np.eye(3, dtype=np.float32)


def _between(one: Vectors, other: Vectors, cosine: float) -> Vectors:
    between: Vectors = cosine * one + np.sqrt(1 - cosine**2) * other
    return between


ASKED = Reading(
    NORTH,
    np.array([EAST, NORTH, UP, EAST], dtype=np.float32),
    ((0, 2), (3, 5), (5, 7), (8, 12)),
)
DOGS = Term(frozenset({"dog"}), 3.0, 3, 7)
PLAY = Term(frozenset({"play"}), 1.0, 8, 12)
# The nearest to the pieces of "dogs" are 0.8 and 0.6, to "play" and "do" 0.5.
PASSAGE = np.array(
    [
        _between(NORTH, -UP, 0.8),
        _between(UP, -NORTH, 0.6),
        _between(EAST, -NORTH, 0.5),
        -EAST,
    ],
    dtype=np.float32,
)
NOTHING = np.zeros((0, 3), dtype=np.float32)


def test_each_piece_counts_by_the_nearest_of_the_passage() -> None:
    assert nearness_of_pieces(ASKED, PASSAGE) == pytest.approx((0.5 + 0.8 + 0.6 + 0.5) / 4)


def test_a_word_counts_by_what_it_tells_and_one_that_tells_nothing_does_not() -> None:
    near = nearness_of_words([DOGS, PLAY], ASKED, PASSAGE)
    assert near == pytest.approx((3 * (0.8 + 0.6) / 2 + 1 * 0.5) / 4)


def test_a_word_without_a_piece_of_its_own_is_left_out() -> None:
    beyond = Term(frozenset({"far"}), 5.0, 90, 93)
    alone = nearness_of_words([DOGS], ASKED, PASSAGE)
    assert nearness_of_words([DOGS, beyond], ASKED, PASSAGE) == pytest.approx(alone)
    assert nearness_of_words([beyond], ASKED, PASSAGE) == 0


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        (None, PASSAGE),
        (ASKED, NOTHING),
        (Reading(NORTH, NOTHING, ()), PASSAGE),
    ],
)
def test_without_words_on_either_side_nothing_is_near(asked: Reading | None, rows: Vectors) -> None:
    assert nearness_of_pieces(asked, rows) == 0
    assert nearness_of_words([DOGS], asked, rows) == 0


def test_a_word_that_stands_there_is_meant_wholly_and_another_by_its_nearest() -> None:
    sentence = Reading(NORTH, PASSAGE, ())
    met = [0.0, 1.0]
    assert how_far_meant([DOGS, PLAY], met, ASKED, sentence) == pytest.approx([0.7, 1.0])
    assert how_far_meant([DOGS, PLAY], met, ASKED, None) == [0.0, 1.0]
