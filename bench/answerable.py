"""Fits the weights by which `retrieval/answerable.py` tells what is answered, and tries them.

    SIGNS=DIR bin/bench retrieval && SIGNS=DIR bin/bench retrieval labelled --data DIR2
    bin/bench answerable DIR [--words | --sentences | --foreign | --across]

`--words` is of signs of `bin/bench retrieval --words`, `--sentences` of those with SENTENCES=1,
`--foreign` of a language that the model does not know: of XQuAD in Spanish alone; `--across` of
questions in Spanish on English passages.

A logistic regression. XQuAD counts with all its questions, each asked with its paragraph and
without; of our questions those that have an answer and those that have none, four times each; of
the chunking set those that have one, half. A question whose answer was not found is left out. The
figures are those of questions that were not fitted to, article by article, at the threshold that
wrongly refuses hardly one in twenty of XQuAD's; 0.5 is that threshold.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

# `covered` and what else the model says better is left to those who have no model.
BY_SENTENCES = (
    "meant",
    "backed",
    "weakest",
    "cosine",
    "pieces",
    "of_kind",
    "names",
    "lead",
    "asks_how",
    "asks_what",
)
BY_TOKENS = (*(one for one in BY_SENTENCES if one != "pieces"), "throughout", "told")
FOREIGN = (*(one for one in BY_TOKENS if one != "told"), "behind", "covered_alike")
# Of the words that are kept nothing is told here that sentences do not tell as well.
ACROSS = tuple(one for one in BY_SENTENCES if one != "pieces")
BY_WORDS = (
    "covered",
    "nearby",
    "passage",
    "anywhere",
    "of_kind",
    "names",
    "lead",
    "asks_how",
    "asks_what",
    "words",
)
_WEIGHTS = {"XQuAD-English": 1.0, "our-docs": 4.0, "chunking-set": 0.5}
_FOREIGN_WEIGHTS = {"XQuAD-Spanish": 1.0}
_ACROSS_WEIGHTS = {"XQuAD-Spanish-on-English": 1.0}
_FOLDS, _RIDGE, _WRONGLY = 6, 3.0, 0.045
# Across languages what answers and what does not look so much alike that refusing hardly one in
# twenty would refuse nothing: there as many are wrongly refused as make both faults least together.
_WRONGLY_ACROSS = 0.3


def read(
    folder: Path, names: tuple[str, ...], sets: dict[str, float]
) -> tuple[Any, Any, Any, list[tuple[str, str]]]:
    """Signs, whether there is an answer, weights, and sets with their groups."""
    signs, answered, weights, groups = [], [], [], []
    for name, weight in sets.items():
        for row in json.loads((folder / f"{name}.json").read_text(encoding="utf-8")):
            if row["is_fitted_to"]:
                signs.append([row["signs"][one] for one in names])
                answered.append(row["has_answer"])
                weights.append(weight)
                groups.append((name, row["group"]))
    return np.array(signs), np.array(answered), np.array(weights), groups


def fit(signs: Any, answered: Any, weights: Any) -> Any:
    """Newton's method, with a ridge on what is standardized; the bias comes first."""
    mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    given = np.hstack([np.ones((len(signs), 1)), (signs - mean) / spread])
    ridge = np.diag([0.0] + [_RIDGE] * signs.shape[1])
    found = np.zeros(given.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-given @ found))
        slope = given.T @ (weights * (chance - answered)) + ridge @ found
        curve = (given * (weights * chance * (1 - chance))[:, None]).T @ given + ridge
        found = found - np.linalg.solve(curve, slope)
    bare = found[1:] / spread
    return np.concatenate([[found[0] - bare @ mean], bare])


def scores_of(weights: Any, signs: Any) -> Any:
    return weights[0] + signs @ weights[1:]


def tried(signs: Any, answered: Any, weights: Any, groups: list[tuple[str, str]]) -> Any:
    """Each by what was fitted to other articles."""
    places = {group: at % _FOLDS for at, group in enumerate(sorted(set(groups)))}
    fold = np.array([places[group] for group in groups])
    scores = np.zeros(len(signs))
    for at in range(_FOLDS):
        kept = fold != at
        found = fit(signs[kept], answered[kept], weights[kept])
        scores[~kept] = scores_of(found, signs[~kept])
    return scores


def say(scores: Any, answered: Any, groups: list[tuple[str, str]], wrongly_refused: float) -> float:
    """Returns the threshold."""
    sets = np.array([name for name, _ in groups])
    is_xquad = np.array([name.startswith("XQuAD") for name, _ in groups])
    threshold = float(np.quantile(scores[is_xquad & answered], wrongly_refused))
    for name in dict.fromkeys(sets):
        own = sets == name
        rightly = scores[own & ~answered] < threshold
        wrongly = scores[own & answered] < threshold
        told = f"{rightly.mean():.3f}" if len(rightly) else "-"
        print(f"  {name:<16} refused rightly {told}, wrongly {wrongly.mean():.3f}")
    return threshold


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    of = parser.add_mutually_exclusive_group()
    of.add_argument("--words", action="store_true", help="of a search without a model")
    of.add_argument("--sentences", action="store_true", help="that the model reads when asked")
    of.add_argument("--foreign", action="store_true", help="of a language the model does not know")
    of.add_argument("--across", action="store_true", help="from one language to another")
    options = parser.parse_args()
    names, sets, wrongly = BY_TOKENS, _WEIGHTS, _WRONGLY
    if options.words:
        names = BY_WORDS
    elif options.sentences:
        names = BY_SENTENCES
    elif options.foreign:
        names, sets = FOREIGN, _FOREIGN_WEIGHTS
    elif options.across:
        names, sets, wrongly = ACROSS, _ACROSS_WEIGHTS, _WRONGLY_ACROSS
    signs, answered, weights, groups = read(options.folder, names, sets)
    print(f"{len(signs)} questions, fitted to others' articles:")
    threshold = say(tried(signs, answered, weights, groups), answered, groups, wrongly)
    found = fit(signs, answered, weights)
    found[0] -= threshold
    print(
        json.dumps(dict(zip(("bias", *names), map(float, found.round(3)), strict=True)), indent=4)
    )


if __name__ == "__main__":
    main()
