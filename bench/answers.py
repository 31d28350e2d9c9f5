"""How well questions are answered: cited rightly, refused where there is no answer, and every cited
sentence borne out by its passage.

    bin/bench answers [own]                            questions of ours on our docs
    bin/bench answers labelled --data DIR [--every 1]  `xquad-*.json` and `chunking/` of DIR
    --model fake | URL [--name NAME]                   by a model; `fake` makes up every third
                                                       sentence and cites at random
    --words                                            searched without a model of meaning
    --to FILE                                          30 answers with their passages, to be read

Each question goes through a whole turn. A paragraph of XQuAD is a source of its own: the questions
are asked of all sources, and of all but the one that answers. A sentence counts as supported by the
rule of `answers/support.py`; what `fake` made up is known, and counted by itself.
Ends with 1 when a target is missed.
"""

import argparse
import random
import re
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.retrieval import Question, Table, _chunking, _mean, _relevant, _xquad, own_questions
from bench.retrieval_world import Corpus, Text, installation, make_corpus, make_corpus_of_sources
from pitchbar.agents.config import AgentConfig
from pitchbar.agents.publication import ServedAgent
from pitchbar.answers.answering import answer
from pitchbar.answers.citation_marks import parts_of
from pitchbar.answers.quotable import CODE, quotables_of
from pitchbar.answers.support import supports
from pitchbar.answers.turns import Answered, Turn
from pitchbar.reading.sentences import sentences
from tests.support.language_model import language_model

_READ_BY_EYE = 30
_NUMBER = re.compile(r"\d+")
_ANOTHER = {
    **dict(
        pairwise(("ms", "seconds", "minutes", "hours", "days", "weeks", "months", "years", "ms"))
    ),
    **dict(pairwise(("kB", "MB", "GB", "kB"))),
}
_MEASURED = re.compile(rf"(?<=\d )(?:{'|'.join(_ANOTHER)})\b")


@dataclass
class Figures:
    cited: list[bool] = field(default_factory=list)
    refused_rightly: list[bool] = field(default_factory=list)
    refused_wrongly: list[bool] = field(default_factory=list)
    supported: list[bool] = field(default_factory=list)
    opens_at_text: list[bool] = field(default_factory=list)
    made_up: int = 0
    ms: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


class MakingUp:
    """A model that takes sentences from what it is given: one as it stands, one with the number of
    another passage, one with its figures or their units changed, or turned into its contrary.
    """

    def __init__(self) -> None:
        self.made_up: set[str] = set()
        self._chance = random.Random(7)

    def __call__(self, body: dict[str, Any]) -> str:
        parts = re.split(r"Material \[(\d+)\]\n", body["messages"][-1]["content"])
        passages = list(zip(parts[1::2], parts[2::2], strict=False))
        said: list[str] = []
        for number, passage in passages[:3]:
            text = passage.split("\n\n", 1)[-1].split("~~", 1)[0]
            # Rows are told in words, and steps without their number, which claims nothing.
            found = [one.shown for one in quotables_of(0, text) if one.kind != CODE]
            plain = [one for one in found if 40 < len(one) < 250 and "\n" not in one]
            if plain:
                said.append(self._told(len(said), self._chance.choice(plain), int(number)))
        return " ".join(said) or "NO_ANSWER"

    def _told(self, at: int, sentence: str, number: int) -> str:
        if at == 1:
            return f"{sentence} [{self._chance.randint(1, 9)}]"
        if at == 2:
            sentence = self._changed(sentence)
            self.made_up.add(_bare(sentence))
        return f"{sentence} [{number}]"

    def _changed(self, sentence: str) -> str:
        if _MEASURED.search(sentence):
            return _MEASURED.sub(lambda one: _ANOTHER[one[0]], sentence, count=1)
        if _NUMBER.search(sentence):
            return _NUMBER.sub(lambda one: str(int(one[0]) + 7), sentence, count=1)
        is_plain = not re.search(r"\b(?:not|no|never|without|none|nothing)\b", sentence)
        if is_plain and (" is " in sentence or " are " in sentence):
            return re.sub(r" (is|are) ", r" \1 not ", sentence, count=1)
        return f"Professor Quillfeather found that {sentence[0].lower()}{sentence[1:]}"


def _bare(sentence: str) -> str:
    return " ".join(re.findall(r"\w+", sentence)).lower()


def measure(
    corpus: Corpus, questions: Sequence[Question], figures: Figures, model: MakingUp | None
) -> None:
    for question in questions:
        relevant = _relevant(corpus, question)
        answered = _asked(corpus, question.text, None, figures)
        if not question.spans:
            figures.refused_rightly.append(answered.is_refused)
        else:
            figures.refused_wrongly.append(answered.is_refused)
            if not answered.is_refused:
                hits = answered.trace.hits
                cited = {hits[one.hit].chunk_id for one in answered.citations}
                figures.cited.append(bool(cited & relevant))
        _look(question.text, answered, figures, model)
        if question.spans and len(corpus.sources) > 1:
            others = corpus.sources_but(question.spans[0][0])
            answered = _asked(corpus, question.text, others, figures)
            figures.refused_rightly.append(answered.is_refused)
            _look(question.text, answered, figures, model)


def _asked(
    corpus: Corpus, text: str, source_ids: tuple[int, ...] | None, figures: Figures
) -> Answered:
    agent = ServedAgent(0, corpus.workspace_id, "", None, AgentConfig(source_ids=source_ids))
    *_, last = answer(Turn(agent, text, is_tried=True))
    assert isinstance(last, Answered)
    figures.ms.append(last.trace.timings["whole"])
    return last


def _look(question: str, answered: Answered, figures: Figures, model: MakingUp | None) -> None:
    if answered.is_refused:
        return
    for sentence, place in _cited(answered):
        hit = answered.trace.hits[place]
        support = supports(sentence, hit)
        figures.supported.append(support.is_supported)
        if not support.is_supported:
            figures.told.insert(0, f"UNSUPPORTED ({support.why}): {sentence}\n  {hit.passage}\n")
        if model is not None and _bare(sentence) in model.made_up:
            figures.made_up += 1
            figures.told.insert(0, f"MADE UP: {sentence}\n  {hit.passage}\n")
    figures.opens_at_text += [":~:text=" in one.url for one in answered.citations if one.url]
    figures.told.append(_page(question, answered))


def _cited(answered: Answered) -> Iterator[tuple[str, int]]:
    """Each sentence with the hit that it cites: without a model, all in front of a number are a
    quotation; of a model, the one right before it.
    """
    places = {one.n: one.hit for one in answered.citations}
    for text, numbers in parts_of(answered.text):
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        each = [line[s.start : s.end] for line in lines for s in sentences(line, 0, len(line))]
        for sentence in each[-1:] if answered.mode == "llm" else each:
            for number in numbers:
                if number in places:
                    yield sentence, places[number]


def _page(question: str, answered: Answered) -> str:
    quoted = "".join(f"  [{one.n}] {one.url}\n      {one.quote}\n" for one in answered.citations)
    passages = "".join(
        f"  passage {place}: {' '.join(answered.trace.hits[place].passage.split())}\n"
        for place in dict.fromkeys(one.hit for one in answered.citations)
    )
    score = answered.trace.score
    return f"Q: {question}\nA ({answered.mode}, {score:.2f}): {answered.text}\n{quoted}{passages}"


def _say(table: Table, name: str, figures: Figures, options: argparse.Namespace) -> None:
    print(f"{name}: {len(figures.ms)} turns", flush=True)
    table.line("cites a passage that answers, of those answered", _mean(figures.cited), 0.85)
    if figures.refused_rightly:
        right = _mean(figures.refused_rightly)
        table.line("refused, of those without an answer", right, 0.9)
    table.line("refused, of those with one", _mean(figures.refused_wrongly), 0.05, most=True)
    count = len(figures.supported)
    table.line(f"unsupported, of {count} cited sentences", count - sum(figures.supported), 0, True)
    if options.model == "fake":
        table.line("made up, and shown as cited", figures.made_up, 0, most=True)
    table.line("citations that open at their text", _mean(figures.opens_at_text))
    table.line("ms a turn, median", statistics.median(figures.ms))
    if options.to:
        amiss = [one for one in figures.told if one.startswith(("UNSUPPORTED", "MADE UP"))]
        rest = figures.told[len(amiss) :]
        chosen = amiss + rest[:: max(1, len(rest) // _READ_BY_EYE)][:_READ_BY_EYE]
        with Path(options.to).open("a", encoding="utf-8") as file:
            file.write(f"## {name}\n\n" + "\n".join(chosen) + "\n")


def own(options: argparse.Namespace, table: Table, model: MakingUp | None) -> None:
    texts, questions = own_questions()
    _run(table, "our docs", make_corpus("own", texts), questions, options, model)


def labelled(options: argparse.Namespace, table: Table, model: MakingUp | None) -> None:
    data = Path(options.data)
    if (data / "chunking").is_dir():
        _run(table, "chunking set", *_chunking(data / "chunking"), options, model)
    for path in sorted(data.glob("xquad-*.json")):
        texts, questions = _xquad(path)
        language = path.stem.rpartition("-")[2]
        texts = [Text(one.title, one.markdown, language) for one in texts]
        corpus = make_corpus_of_sources(f"xquad-{language}", texts)
        _run(table, path.stem, corpus, questions, options, model)


def _run(
    table: Table,
    name: str,
    corpus: Corpus,
    questions: Sequence[Question],
    options: argparse.Namespace,
    model: MakingUp | None,
) -> None:
    figures = Figures()
    measure(corpus, questions[:: options.every], figures, model)
    _say(table, name, figures, options)


@contextmanager
def _model(options: argparse.Namespace) -> Iterator[tuple[MakingUp | None, dict[str, str]]]:
    if options.model != "fake":
        chosen = {"LLM_BASE_URL": options.model, "LLM_MODEL": options.name}
        yield None, chosen if options.model else {}
        return
    made = MakingUp()
    with language_model(made) as fake:
        yield made, {"LLM_BASE_URL": fake.url, "LLM_MODEL": "fake"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=["own", "labelled"], default="own")
    parser.add_argument("--data", default="")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--model", default="", help="an endpoint, or `fake`")
    parser.add_argument("--name", default="default", help="of the endpoint's model")
    parser.add_argument("--words", action="store_true", help="search without a model of meaning")
    parser.add_argument("--to", default="", help="a file for answers that are to be read")
    options = parser.parse_args()
    if options.what == "labelled" and not options.data:
        parser.error("labelled needs --data DIR")
    table = Table()
    with _model(options) as (model, values):
        if options.words:
            values["EMBEDDINGS_MODEL"] = "none"
        with installation(**values):
            (own if options.what == "own" else labelled)(options, table, model)
    sys.exit(1 if table.missed else 0)


if __name__ == "__main__":
    main()
