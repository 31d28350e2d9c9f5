"""What speaks for a sentence's answering a question."""

from dataclasses import dataclass, fields

from pitchbar.retrieval.sentence_terms import Sentence

# Fitted to which sentence holds the answer, in questions that others labelled. A word that all
# passages have tells them apart least, and may be the very thing that is asked about: so it counts
# once by what it tells, and once like any other.
_MEANT, _MEANT_ALIKE, _WHOLE = 0.7, 0.4, 0.5
# For having the kind of thing that is asked for, for each passage before its own, and for how far
# the words of its passage come behind those of the nearest one.
_FITS, _LATER, _BEHIND = 0.17, 0.05, 1.8
# The same by letters, where no model says what is meant: those of the neighbours help.
_COVERED, _COVERED_ALIKE, _NEARBY = 0.3, 0.3, 0.4
_FITS_BY_WORDS, _LATER_BY_WORDS = 0.15, 0.1


@dataclass(frozen=True)
class Evidence:
    """Of the best sentence; each from 0 to 1, but for `words`.

    Attributes:
        by_words: whether there is no model that knows the language of question and passages.
        across: whether most passages are in another language than the question.
        covered, nearby, passage: the share of the question that is in the sentence, in it and its
            neighbours, in its passage.
        covered_alike: that in the sentence where each word tells as much as any other.
        anywhere: the share that is in any passage at all.
        meant: the share in the sentence where a word of the same meaning counts by how near it is.
        meant_alike: the same where each word tells as much as any other.
        backed: the same, where what stands elsewhere in the passage counts, too.
        weakest: how near anything comes to the word that is borne out least, of those that do
            not only ask.
        cosine: how near the sentence is, as a whole.
        pieces: how near each piece of the question is to one of a sentence, of the nearest one;
            0 with what is kept of the passages' words.
        throughout, told: how near each piece of the question, and each word by what it tells, is
            to one of a passage, of the nearest one; 0 without it.
        behind: how much less `throughout` is of the sentence's own passage.
        of_kind, fits: whether a number, a date or a name is in it and its neighbours, or in it
            alone, where one is asked for.
        names: the share of the question's names that stand in the passage.
        lead: how far the best passage is before the second, by its words.
        asks_how, asks_what: whether the question does.
        words: how many words of the question tell something.
    """

    sentence: Sentence
    by_words: bool
    across: bool
    covered: float
    covered_alike: float
    nearby: float
    passage: float
    anywhere: float
    meant: float
    meant_alike: float
    backed: float
    weakest: float
    cosine: float
    pieces: float
    throughout: float
    behind: float
    told: float
    of_kind: float
    fits: float
    names: float
    lead: float
    asks_how: float
    asks_what: float
    words: int

    def signs(self) -> dict[str, float]:
        """What a judgement is made of, by name."""
        return {name: float(getattr(self, name)) for name in SIGNS}

    @property
    def nearness(self) -> float:
        """Which of several sentences answers best; it compares those of one question."""
        if self.by_words:
            near = _COVERED * self.covered + _COVERED_ALIKE * self.covered_alike
            near += _NEARBY * self.nearby + _FITS_BY_WORDS * self.fits
            return near - _LATER_BY_WORDS * self.sentence.hit
        near = _MEANT * self.meant + _MEANT_ALIKE * self.meant_alike + _WHOLE * self.cosine
        near += _FITS * self.fits - _BEHIND * self.behind
        return near - _LATER * self.sentence.hit


_NO_SIGNS = ("sentence", "by_words", "across")
SIGNS = tuple(one.name for one in fields(Evidence) if one.name not in _NO_SIGNS)
