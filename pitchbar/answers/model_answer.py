"""What a model says, let through sentence by sentence."""

import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

from pitchbar.answers.citation_check import CitationCheck
from pitchbar.answers.citation_marks import without_marks
from pitchbar.answers.leaks import LeakWatch
from pitchbar.answers.prompt import NO_ANSWER, Prompt
from pitchbar.answers.sentence_stream import whole_sentences
from pitchbar.answers.turns import Citation, Token, Verdict
from pitchbar.clients.language_model import Call, LanguageModel, ModelUnavailable

_NO_ANSWER = re.compile(rf"\W*{NO_ANSWER}\W*", re.IGNORECASE)
# So many in a row may lead to what comes next; more lead nowhere.
_MOST_JOINING = 3


class Broken(Exception):
    """Why it goes on no further: a kind of `ModelUnavailable`, "leak", "nothing_shown" (in its
    time), or "unsupported".
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass
class ModelAnswer:
    """Draws one answer. What holds of it is there whenever it ends."""

    model: LanguageModel
    prompt: Prompt
    check: CitationCheck
    watch: LeakWatch
    call: Call
    max_tokens: int
    first_sentence_seconds: float
    """How long it may talk before anything of it can be shown."""
    verdicts: list[Verdict] = field(default_factory=list)
    is_unknown: bool = False
    """It said that the passages do not answer."""
    was_shown: bool = False
    first_token_ms: float | None = None
    _texts: list[str] = field(default_factory=list)
    # What claims nothing is shown with what it leads to, or not at all.
    _joining: list[str] = field(default_factory=list)

    def tokens(self) -> Iterator[Token]:
        """Raises Broken when the rest, or all of it, cannot be used."""
        began_at = time.perf_counter()
        said = self.model.stream(self.prompt.messages, self.call, max_tokens=self.max_tokens)
        with closing(said):
            try:
                for sentence in whole_sentences(self._timed(said, began_at)):
                    yield from self._let_through(sentence)
                    if self.is_unknown:
                        return
            except ModelUnavailable as error:
                raise Broken(error.kind) from None
        if not self.citations:
            raise Broken("unsupported")

    @property
    def text(self) -> str:
        return "".join(self._texts).strip()

    @property
    def citations(self) -> list[Citation]:
        return self.check.citations

    def _timed(self, said: Iterator[str], began_at: float) -> Iterator[str]:
        for text in said:
            if self.first_token_ms is None:
                self.first_token_ms = (time.perf_counter() - began_at) * 1000
            if not self.was_shown and time.perf_counter() - began_at > self.first_sentence_seconds:
                raise Broken("nothing_shown")
            yield text

    def _let_through(self, sentence: str) -> Iterator[Token]:
        if self.watch.tells(sentence):
            self.verdicts.append(Verdict("", None, False, "tells what the model was told"))
            raise Broken("leak")
        if not self._texts and _NO_ANSWER.fullmatch(without_marks(sentence)):
            self.is_unknown = True
            return
        checked = self.check.check(_NO_ANSWER.sub("", sentence))
        self.verdicts += checked.verdicts
        if checked.is_joining:
            self._joining.append(checked.text)
        elif checked.text:
            led = "".join(self._joining) if len(self._joining) <= _MOST_JOINING else ""
            self._joining = []
            yield self._shown(led + checked.text)

    def _shown(self, text: str) -> Token:
        self._texts.append(text if self._texts else text.lstrip())
        self.was_shown = True
        return Token(self._texts[-1])
