"""Makes the matrix by which token vectors are kept short (`clients/token_vectors.py`).

    bin/bench projection FILE.npy

The directions in which the packaged model's vectors of words differ most (a principal component
analysis about zero, so that products stay what they are), of texts that every machine has: our
docs, Python's own help, and words of the model's vocabulary in no order, for what neither speaks
of. The same texts give the same matrix, but for signs and the last digits.
"""

import argparse
import random
import sys
from pathlib import Path
from pydoc_data.topics import topics
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import machine
from pitchbar.clients.embeddings import PackagedEmbedder

SIZE = 96
_CHARACTERS, _TEXTS, _WORDS = 1_000, 250, 120


def texts() -> list[str]:
    """As many of each kind."""
    pages = "\n".join(one.read_text() for one in sorted((machine.ROOT / "docs").glob("*.md")))
    help_ = "\n".join(topics[name] for name in sorted(topics))
    vocabulary = (machine.ROOT / "pitchbar/clients/minilm/vocab.txt").read_text().split()
    words = [one for one in vocabulary if one.isalpha() and len(one) > 2]
    chosen = random.Random(1)
    mixed = [" ".join(chosen.choices(words, k=_WORDS)) for _ in range(_TEXTS)]
    return [*_pieces(pages), *_pieces(help_), *mixed]


def _pieces(text: str) -> list[str]:
    pieces = [text[at : at + _CHARACTERS] for at in range(0, len(text), _CHARACTERS)]
    return pieces[:: max(1, len(pieces) // _TEXTS)][:_TEXTS]


def directions(model: PackagedEmbedder) -> Any:
    """A matrix of 384 by SIZE; its columns are of length one and at right angles."""
    together = np.zeros((model.size, model.size))
    for text in texts():
        rows = model.read(text).parts.astype(np.float64)
        together += rows.T @ rows
    _, found = np.linalg.eigh(together)
    return found[:, ::-1][:, :SIZE]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    matrix = directions(PackagedEmbedder())
    np.save(options.file, matrix.astype(np.float16))
    print(f"{options.file}: {matrix.shape[0]} by {matrix.shape[1]}")


if __name__ == "__main__":
    main()
