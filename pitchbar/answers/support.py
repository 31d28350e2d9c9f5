"""Whether a passage bears out a sentence that cites it. The rule, in this order:

0. No number has another unit, side, sign or rate than the passage gives it ("$5", "72 hours",
   "> 5", "-5", "5 a day"). A whole sentence of the passage is borne out then; what stands in one
   word by word is, but for 3.
1. Every number, date and name of the sentence stands in the passage or its headings.
2. At least `LEAST` of its telling words (stems, without stop words) stand there, and at least
   `NEARBY` of them in three sentences that follow one another. In German, where names are not told
   from other nouns, it is `LEAST_OF_NOUNS`.
3. Of each of its clauses, the clause of the passage that comes nearest is not denied where it is
   not, nor the other way round, and says none of its words' opposites; nor is what the passage
   gives to some alone given to everybody, or the other way round.
4. "More than 30", "at most 30", "before 1990": the passage says so of that number, and not the
   contrary, nor the number alone; nor the other way round.
5. The word before a number does not stand with other numbers alone; and where one sentence has
   `_SAME_WORDS` of the words, it or the headings have the numbers, too.
6. Where two things are compared, they stand on the same sides of "than", or on the other ones with
   the contrary word.
"""

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from pitchbar.answers.clauses import CLAUSE, nearest_sentence, why_not_by_clauses
from pitchbar.answers.comparisons import comparison_of, directions_of, without_price
from pitchbar.answers.facts import names_of, numbers_of, numbers_stated
from pitchbar.answers.number_signs import another_sign
from pitchbar.answers.passage_words import Passage, bare_words, passage_of, stems_of
from pitchbar.answers.plain import plain
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.words import terms_of

LEAST, LEAST_OF_NOUNS, NEARBY = 0.65, 0.75, 0.5
_TOGETHER = 3
_SAME_WORDS = 0.8
# Citations as they stand in answers.
CITATION = re.compile(r"\s*\[\d{1,3}(?:\s*,\s*\d{1,3})*\]")
# Which step of a list it is, says nothing about the thing.
_STEP = re.compile(r"^\s*\d{1,2}[.)]\s+(?=\S)")
_DIGITS = re.compile(r"\d+")
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True)
class Support:
    """`why` says in a few words what is missing; empty where it is borne out."""

    is_supported: bool
    why: str = ""


def supports(sentence: str, hit: Hit) -> Support:
    """Without the citation that stands in it."""
    bare, passage = _bare(sentence), passage_of(hit)
    if number := another_sign(bare, passage.whole):
        return Support(False, f"{number} has another sign")
    if _stands_there(bare, passage):
        if bare_words(bare) in passage.whole_sentences:
            return Support(True)
        why = why_not_by_clauses(bare, passage)
        return Support(not why, why)
    missing = sorted(_missing(bare, passage))
    if missing:
        return Support(False, f"not in the passage: {', '.join(missing[:5])}")
    why = _by_words(bare, passage) or _by_sense(bare, passage)
    return Support(not why, why)


def stands_in(sentence: str, hit: Hit) -> bool:
    """Whether the passage says it word by word."""
    return _stands_there(_bare(sentence), passage_of(hit))


def _bare(sentence: str) -> str:
    return without_price(plain(CITATION.sub("", _STEP.sub("", sentence))))


def _stands_there(sentence: str, passage: Passage) -> bool:
    """Within one line of it; a single word proves nothing."""
    own = bare_words(sentence)
    return own.count(" ") > 1 and any(own in one for one in passage.lines)


def _missing(sentence: str, passage: Passage) -> set[str]:
    if passage.language == "de":
        # Where every noun has a capital letter, that makes no name.
        return numbers_stated(sentence) - _told(passage.whole)[2]
    return missing_facts(sentence, passage.whole)


def contradicts(sentence: str, hit: Hit) -> bool:
    """Whether the passage says the contrary of what it does not bear out."""
    bare = _bare(sentence)
    return bool(why_not_by_clauses(bare, passage_of(hit)))


def missing_facts(sentence: str, text: str) -> set[str]:
    """Numbers, dates and names of the sentence that do not stand in the text."""
    words, parts, numbers = _told(text)
    names = {
        name
        for name in names_of(sentence)
        if name not in words
        and not set(_WORDS.findall(name)) <= parts
        and not _is_plural(name, parts)
    }
    return names | (numbers_stated(sentence) - numbers)


@lru_cache(maxsize=256)
def _told(text: str) -> tuple[Set[str], Set[str], Set[str]]:
    """Its words, the parts of those, and its numbers; one text is compared with many sentences."""
    words = frozenset(word.casefold() for word in re.findall(r"[\w'\u2019-]+", text))
    parts = frozenset(word.casefold() for word in _WORDS.findall(text))
    return words, parts, frozenset(numbers_of(text))


def _is_plural(name: str, parts: Set[str]) -> bool:
    return name.removesuffix("'s").removesuffix("\u2019s").rstrip("s") in {
        one.rstrip("s") for one in parts
    }


def _by_words(sentence: str, passage: Passage) -> str:
    own = stems_of(sentence, passage.language)
    if not own:
        return "" if sentence.strip() else "says nothing"
    share = len(own & stems_of(passage.whole, passage.language)) / len(own)
    near = max((len(own & one) for one in _windows(passage)), default=0) / len(own)
    least = LEAST_OF_NOUNS if passage.language == "de" else LEAST
    return "" if share >= least and near >= NEARBY else "says what the passage does not"


def _windows(passage: Passage) -> list[frozenset[str]]:
    headings = stems_of(passage.headings, passage.language)
    each = [stems_of(one, passage.language) for one in passage.sentences]
    return [
        headings.union(*each[at : at + _TOGETHER])
        for at in range(max(1, len(each) - _TOGETHER + 1))
    ]


def _by_sense(sentence: str, passage: Passage) -> str:
    nearest = nearest_sentence(sentence, passage)
    if not nearest:
        return ""
    if why := why_not_by_clauses(sentence, passage) or _by_numbers(sentence, nearest, passage):
        return why
    if directions_of(sentence) - directions_of(passage.whole) or _is_bare(sentence, nearest):
        return "another side of a number"
    if number := _misplaced(sentence, passage):
        return f"{number} belongs to something else"
    return "another order of what is compared" if _is_swapped(sentence, nearest, passage) else ""


def _by_numbers(sentence: str, nearest: str, passage: Passage) -> str:
    """Where one sentence of the passage has nearly all the words, its numbers are the ones."""
    own = stems_of(sentence, passage.language)
    common = own & stems_of(nearest, passage.language)
    if len(common) < _SAME_WORDS * len(own):
        return ""
    there = f"{passage.headings} {nearest}"
    strange = numbers_stated(sentence) - numbers_of(there)
    # "From 1763 to 1763", where it is "from 1756 to 1763".
    more = Counter(_DIGITS.findall(sentence)) - Counter(_DIGITS.findall(there))
    strange |= {number for number in more if number in there}
    return f"{min(strange)} belongs to something else" if strange else ""


def _is_bare(sentence: str, nearest: str) -> bool:
    """ "30 days", where the passage says "up to 30 days"."""
    own = {number for _, number in directions_of(sentence)}
    return any(
        number in numbers_stated(sentence) - own
        for _, number in directions_of(nearest) - directions_of(sentence)
    )


def _misplaced(sentence: str, passage: Passage) -> str:
    """ "Closes at seven", where it "opens at seven and closes at six"."""
    for clause in CLAUSE.split(sentence):
        for number, stem in _words_before_numbers(clause, passage.language):
            others = [
                numbers_of(other)
                for one in passage.sentences
                if number in numbers_of(one)
                for other in CLAUSE.split(one)
                if stem in stems_of(other, passage.language) and numbers_of(other)
            ]
            if others and not any(number in numbers for numbers in others):
                return number
    return ""


def _words_before_numbers(clause: str, language: str) -> list[tuple[str, str]]:
    found, last = [], ""
    for word in clause.split():
        if numbers := numbers_stated(word):
            found += [(number, last) for number in numbers if last]
        elif stems := list(terms_of(word, language)):
            last = stems[-1]
    return found


def _is_swapped(sentence: str, nearest: str, passage: Passage) -> bool:
    own, there = comparison_of(sentence), comparison_of(nearest)
    if own is None or there is None:
        return False
    sides = _sides(own.first, own.second, passage.language)
    others = _sides(there.first, there.second, passage.language)
    straight = len(sides[0] & others[0]) + len(sides[1] & others[1])
    crossed = len(sides[0] & others[1]) + len(sides[1] & others[0])
    if straight == crossed:
        return False
    return (crossed > straight) != (own.is_less != there.is_less)


def _sides(first: str, second: str, language: str) -> Sequence[frozenset[str]]:
    """Only what stands on one side alone tells the sides apart."""
    left, right = stems_of(first, language), stems_of(second, language)
    return left - right, right - left
