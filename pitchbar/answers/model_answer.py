"""What a model says, let through sentence by sentence."""

import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

from pitchbar.answers.citation_check import CitationCheck
from pitchbar.answers.leaks import LeakWatch
from pitchbar.answers.prompt import NO_ANSWER, Prompt
from pitchbar.answers.sentence_stream import whole_sentences
from pitchbar.answers.turns import Citation, Token, Verdict
from pitchbar.clients.language_model import Call, LanguageModel, ModelUnavailable

_NO_ANSWER = re.compile(rf"\W*{NO_ANSWER}\W*", re.IGNORECASE)
# A sentence that leads to what is gone.
_LEADS_NOWHERE = re.compile(r"(?:^|(?<=[.!?\]\n]))[^.!?\]\n]*:\s*$")


class Broken(Exception):
    """Why it goes on no further: a kind of `ModelUnavailable`, "leak", or "unsupported"."""

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
    verdicts: list[Verdict] = field(default_factory=list)
    is_unknown: bool = False
    """It said that the passages do not answer."""
    was_shown: bool = False
    first_token_ms: float | None = None
    _texts: list[str] = field(default_factory=list)

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
        whole = "".join(self._texts).strip()
        return _LEADS_NOWHERE.sub("", whole).rstrip()

    @property
    def citations(self) -> list[Citation]:
        return self.check.citations

    def _timed(self, said: Iterator[str], began_at: float) -> Iterator[str]:
        for text in said:
            if self.first_token_ms is None:
                self.first_token_ms = (time.perf_counter() - began_at) * 1000
            yield text

    def _let_through(self, sentence: str) -> Iterator[Token]:
        if self.watch.tells(sentence):
            self.verdicts.append(Verdict("", None, False, "tells what the model was told"))
            raise Broken("leak")
        if not self._texts and _NO_ANSWER.fullmatch(sentence):
            self.is_unknown = True
            return
        checked = self.check.check(_NO_ANSWER.sub("", sentence))
        self.verdicts += checked.verdicts
        if checked.text:
            text = checked.text if self._texts else checked.text.lstrip()
            self._texts.append(text)
            self.was_shown = True
            yield Token(text)
