"""Vectors of length one, of which the product is the cosine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
else:
    Vectors = Any


def of_length_one(vector: Vectors) -> Vectors:
    import numpy as np

    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length if length > 0 else vector, dtype=np.float32)


def rows_of_length_one(rows: Vectors) -> Vectors:
    import numpy as np

    squares = np.einsum("ij,ij->i", rows, rows)[:, np.newaxis]
    return np.asarray(rows / np.maximum(np.sqrt(squares), 1e-9), dtype=np.float32)
