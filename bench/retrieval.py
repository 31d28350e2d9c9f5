"""How well passages are found, how well what is not there is refused, and how fast.

    bin/bench retrieval [own]                           questions of ours on our docs
    bin/bench retrieval labelled --data DIR [--every 1]  sets that others labelled
    bin/bench retrieval speed [--sizes 1000,10000,100000] [--questions 100]

With `--words`, by words alone, without a model; with SENTENCES=1, as where nothing was kept of the
words of passages, so that the model reads sentences when it is asked.
`labelled` reads `chunking/` (five texts and questions with the characters that answer them) and
`xquad-*.json` (paragraphs and their questions in two languages) of DIR. `--every 5` takes each
fifth question. A chunk is relevant when at least 20 characters of an answer's text stand in it;
recall@5 is the share of the relevant chunks among the first five, of five at most; nDCG@10 is
binary. For the refusals each question of XQuAD is asked twice: of all passages, and of all but
those that answer it; of ours, a third has no answer. Where a passage that is left has the answer's
text verbatim, and three quarters of the question's other telling words, it is answered there, too:
a figure of its own leaves such questions out. Those of the chunking set are asked of all passages
alone, as the parts of a long text repeat each other; what is refused is said for each of its texts.
Ends with 1 when a target is missed.
"""

import argparse
import csv
import json
import math
import os
import random
import re
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.machine import ROOT
from bench.retrieval_world import Corpus, Text, installation, make_corpus, read_markdown
from pitchbar.clients.embeddings import packaged_embedder
from pitchbar.retrieval.answerable import answer_of
from pitchbar.retrieval.evidence import PASSAGES, gather
from pitchbar.retrieval.kept_tokens import token_vectors_of
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.search import search
from pitchbar.retrieval.sentence_terms import stems_of
from pitchbar.retrieval.settings import WORDS_ALONE, RetrievalSettings
from pitchbar.settings import current_settings

_OWN = Path(__file__).parent / "data" / "questions.tsv"
_PASSAGES = 8
# Of so few, each has its own line.
_FEW_TEXTS = 12


@dataclass
class Question:
    """`spans`: where its answer stands, as document, start and end; none: nowhere. `answers`: what
    stands there. Questions of one group are about the same text.
    """

    text: str
    spans: list[tuple[int, int, int]]
    group: str = ""
    answers: tuple[str, ...] = ()


@dataclass
class Figures:
    recall: list[float] = field(default_factory=list)
    ndcg: list[float] = field(default_factory=list)
    sentence: list[bool] = field(default_factory=list)
    refused_rightly: list[bool] = field(default_factory=list)
    refused_strictly: list[bool] = field(default_factory=list)
    refused_wrongly: list[bool] = field(default_factory=list)
    by_group: dict[str, list[bool]] = field(default_factory=dict)
    search_ms: list[float] = field(default_factory=list)
    signs: list[dict[str, Any]] = field(default_factory=list)


def _mean(values: Sequence[float | bool]) -> float:
    return statistics.fmean(values) if values else float("nan")


def _relevant(corpus: Corpus, question: Question) -> set[int]:
    return {
        chunk_id
        for chunk_id, (document, start, end) in corpus.chunks.items()
        if any(
            document == place and min(end, last) - max(start, first) >= min(20, last - first)
            for place, first, last in question.spans
        )
    }


def _rank(figures: Figures, hits: Sequence[Hit], relevant: set[int]) -> None:
    ids = [hit.chunk_id for hit in hits]
    figures.recall.append(len(relevant & set(ids[:5])) / min(5, len(relevant)))
    gain = sum(1 / math.log2(at + 2) for at, one in enumerate(ids[:10]) if one in relevant)
    ideal = sum(1 / math.log2(at + 2) for at in range(min(10, len(relevant))))
    figures.ndcg.append(gain / ideal)


def _judge(
    figures: Figures, question: Question, hits: Sequence[Hit], relevant: set[int] | None
) -> Any:
    """Args:
    relevant: the chunks that answer; None where none does.
    """
    if os.environ.get("SIGNS"):
        _note_signs(figures, question, hits, relevant)
    answer = answer_of(question.text, hits)
    is_refused = not answer.is_answered
    if relevant is not None:
        figures.refused_wrongly.append(is_refused)
        figures.by_group.setdefault(question.group, []).append(is_refused)
        return answer
    figures.refused_rightly.append(is_refused)
    if not _stands_elsewhere(question, hits):
        figures.refused_strictly.append(is_refused)
    return answer


def _stands_elsewhere(question: Question, hits: Sequence[Hit]) -> bool:
    """Whether one of them answers as well, by the rule above."""
    telling = stems_of(question.text, "en") - stems_of(" ".join(question.answers), "en")
    return any(
        _has_all(question.answers, hit.passage)
        and len(telling & stems_of(hit.passage, hit.language)) >= 0.75 * len(telling)
        for hit in hits
    )


def _has_all(answers: Sequence[str], passage: str) -> bool:
    there = f" {' '.join(_words(passage))} "
    return bool(answers) and all(f" {' '.join(_words(one))} " in there for one in answers)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _note_signs(
    figures: Figures, question: Question, hits: Sequence[Hit], relevant: set[int] | None
) -> None:
    words_alone = current_settings()[RetrievalSettings].embeddings_model == WORDS_ALONE
    reader = None if words_alone else packaged_embedder()
    kept = token_vectors_of([one.chunk_id for one in hits[:PASSAGES]]) if reader else []
    gathered = gather(question.text, hits, reader, kept)
    is_there = relevant is None or any(hit.chunk_id in relevant for hit in hits[:4])
    figures.signs.append(
        {
            "group": question.group or question.text,
            "has_answer": relevant is not None,
            "is_fitted_to": bool(gathered) and is_there,
            "signs": gathered[0].signs() if gathered else {},
        }
    )


def measure(corpus: Corpus, questions: Sequence[Question], *, leaves_out: bool = True) -> Figures:
    figures = Figures()
    for question in questions:
        result = search(corpus.workspace_id, question.text, limit=_PASSAGES + 8)
        figures.search_ms.append(result.search_ms + result.embedding_ms)
        relevant = _relevant(corpus, question)
        if relevant:
            _rank(figures, result.hits, relevant)
        if relevant:
            hits = result.hits[:_PASSAGES]
            answer = _judge(figures, question, hits, relevant)
            figures.sentence.append(_holds(corpus, question, hits, answer))
            if not leaves_out:
                continue
        others = [hit for hit in result.hits if hit.chunk_id not in relevant][:_PASSAGES]
        _judge(figures, question, others, None)
    return figures


def _holds(corpus: Corpus, question: Question, hits: Sequence[Hit], answer: Any) -> bool:
    """Whether the sentence is one that the answer stands in."""
    if answer.place < 0:
        return False
    document, start, _ = corpus.chunks[hits[answer.place].chunk_id]
    at, until = start + answer.start, start + answer.end
    return any(
        document == place and first < until and last > at for place, first, last in question.spans
    )


@dataclass
class Table:
    missed: int = 0

    def line(
        self, what: str, value: float, target: float | None = None, most: bool = False
    ) -> None:
        fits = target is None or (value <= target if most else value >= target)
        self.missed += not fits
        wanted = "" if target is None else f"  ({'at most' if most else 'at least'} {target})"
        print(f"  {what:<46} {value:8.3f}{wanted}{'' if fits else '  MISSED'}", flush=True)


def _say(
    table: Table,
    name: str,
    corpus: Corpus,
    figures: Figures,
    targets: dict[str, float] | None = None,
) -> None:
    targets = targets or {}
    print(f"{name}: {len(corpus.chunks)} chunks, {len(figures.search_ms)} questions", flush=True)
    table.line("chunks indexed a second", len(corpus.chunks) / max(corpus.seconds, 1e-9))
    if figures.recall:
        table.line("recall@5", _mean(figures.recall), targets.get("recall"))
        table.line("nDCG@10", _mean(figures.ndcg), targets.get("ndcg"))
    if figures.refused_rightly:
        table.line(
            "refused, of those without an answer", _mean(figures.refused_rightly), targets.get("no")
        )
    if len(figures.refused_strictly) < len(figures.refused_rightly):
        table.line("the same, but for those answered elsewhere", _mean(figures.refused_strictly))
    if figures.refused_wrongly:
        table.line(
            "refused, of those with one", _mean(figures.refused_wrongly), targets.get("yes"), True
        )
        if 1 < len(figures.by_group) < _FEW_TEXTS:
            for group, refused in sorted(figures.by_group.items()):
                table.line(f"  of {group}", _mean(refused))
        table.line("the sentence holds the answer", _mean(figures.sentence))
    table.line("ms a question, median", statistics.median(figures.search_ms))
    _keep_signs(name, figures)


def _keep_signs(name: str, figures: Figures) -> None:
    """For `bench/answerable.py`, which fits the weights anew: a file for each set in $SIGNS."""
    if folder := os.environ.get("SIGNS"):
        path = Path(folder) / f"{name.replace(' ', '-')}.json"
        path.write_text(json.dumps(figures.signs))


def own_questions() -> tuple[list[Text], list[Question]]:
    """A question that is answered at several places has a line for each."""
    texts = read_markdown(ROOT / "docs")
    names = [f"{text.title}.md" for text in texts]
    questions: dict[str, Question] = {}
    for line in _OWN.read_text(encoding="utf-8").splitlines():
        words, file, phrase = line.split("\t")
        question = questions.setdefault(words, Question(words, []))
        if file:
            place = names.index(file)
            start = texts[place].markdown.index(phrase)
            question.spans.append((place, start, start + len(phrase)))
    return texts, list(questions.values())


def own(options: argparse.Namespace, table: Table) -> None:
    texts, questions = own_questions()
    corpus = make_corpus("own", texts)
    asked = questions[:: options.every]
    _say(table, "our docs", corpus, measure(corpus, asked, leaves_out=False))


def labelled(options: argparse.Namespace, table: Table) -> None:
    data = Path(options.data)
    if (data / "chunking").is_dir():
        corpus, questions = _chunking(data / "chunking")
        figures = measure(corpus, questions[:: options.every], leaves_out=False)
        targets = {"recall": 0.88, "ndcg": 0.78, "yes": 0.05}
        _say(table, "chunking set", corpus, figures, targets)
    if (data / "xquad-en.json").exists():
        texts, spoken = _xquad(data / "xquad-en.json")
        corpus = make_corpus("xquad", texts)
        targets = {"recall": 0.99, "no": 0.9, "yes": 0.05}
        figures = measure(corpus, spoken[:: options.every])
        _say(table, "XQuAD English", corpus, figures, targets)
        _, foreign = _xquad(data / "xquad-es.json", spoken)
        figures = measure(corpus, foreign[:: options.every])
        _say(table, "XQuAD Spanish on English", corpus, figures, {"recall": 0.59})
        texts, spoken = _xquad(data / "xquad-es.json")
        corpus = make_corpus("xquad-es", [Text(one.title, one.markdown, "es") for one in texts])
        figures = measure(corpus, spoken[:: options.every])
        _say(table, "XQuAD Spanish", corpus, figures, {"no": 0.9, "yes": 0.05})


def _chunking(folder: Path) -> tuple[Corpus, list[Question]]:
    texts = read_markdown(folder)
    names = [path.stem for path in sorted(folder.glob("*.md"))]
    questions = []
    with (folder / "questions_df.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            place = names.index(row["corpus_id"])
            spans = [
                (place, one["start_index"], one["end_index"])
                for one in json.loads(row["references"])
            ]
            quoted = tuple(one["content"] for one in json.loads(row["references"]))
            questions.append(Question(row["question"], spans, row["corpus_id"], quoted))
    return make_corpus("chunking", texts), questions


def _xquad(path: Path, spoken: list[Question] | None = None) -> tuple[list[Text], list[Question]]:
    """Of another language, the questions alone, with the places of the same ones in English."""
    texts: list[Text] = []
    questions: list[Question] = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            for asked in paragraph["qas"]:
                answer = asked["answers"][0]
                start = answer["answer_start"]
                span = (len(texts), start, start + len(answer["text"]))
                questions.append(
                    Question(asked["question"], [span], article["title"], (answer["text"],))
                )
            texts.append(Text(article["title"], paragraph["context"]))
    if spoken:
        for own_words, english in zip(questions, spoken, strict=True):
            own_words.spans = english.spans
    return texts, questions


def speed(options: argparse.Namespace, table: Table, model: dict[str, str]) -> None:
    from bench.retrieval_size import fill

    for size in (int(one) for one in options.sizes.split(",")):
        with installation(**model):
            corpus, words, seconds = fill(size)
            # A question that was asked at another size would be known to the model.
            chance = random.Random(size)
            times, embedding = [], []
            # The first one loads the model.
            search(corpus, "How does it work?")
            for _ in range(options.questions):
                asked = "how does " + " ".join(chance.sample(words, 5)) + " work?"
                began_at = time.perf_counter()
                result = search(corpus, asked)
                times.append((time.perf_counter() - began_at) * 1000)
                embedding.append(result.embedding_ms)
            times.sort()
            print(f"{size} chunks, put in at {size / seconds:.0f} a second without embedding")
            table.line("ms a question, median", statistics.median(times))
            target = 60.0 if size <= 5_000 else None
            table.line("ms a question, p95", times[int(len(times) * 0.95)], target, True)
            table.line("of it embedding, median", statistics.median(embedding))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=["own", "labelled", "speed"], default="own")
    parser.add_argument("--data", default="")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--words", action="store_true", help="without a model")
    options = parser.parse_args()
    if options.what == "labelled" and not options.data:
        parser.error("labelled needs --data DIR")
    model = {"EMBEDDINGS_MODEL": "none"} if options.words else {}
    table = Table()
    if options.what == "speed":
        speed(options, table, model)
    else:
        with installation(**model):
            (own if options.what == "own" else labelled)(options, table)
    sys.exit(1 if table.missed else 0)


if __name__ == "__main__":
    main()
