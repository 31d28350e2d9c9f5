import numpy as np
import pytest

from pitchbar.clients.embeddings import PackagedEmbedder, packaged_embedder
from pitchbar.clients.token_vectors import TokenVectors, pack, shortened, unpack
from pitchbar.clients.unit_vectors import Vectors, of_length_one

PASSAGE = "Opening hours\n\nThe ferry leaves at nine. Dogs are welcome, but for the café."


def _model() -> PackagedEmbedder:
    model = packaged_embedder()
    assert model is not None
    return model


def _packed(text: str) -> bytes:
    return _model().embed_with_tokens(text)[1]


def _unpacked(packed: bytes) -> TokenVectors:
    kept = unpack(packed)
    assert kept is not None
    return kept


def _pieces(kept: TokenVectors, text: str) -> list[str]:
    return [text[start:end] for start, end in zip(kept.starts, kept.ends, strict=True)]


def test_words_of_a_passage_are_kept_with_their_places() -> None:
    kept = _unpacked(_packed(PASSAGE))
    pieces = _pieces(kept, PASSAGE)
    # Without a comma or a full stop, which tell nothing.
    assert pieces[:6] == ["Opening", "hours", "The", "ferry", "leaves", "at"]
    assert pieces[-1] == "café"
    assert not {",", "."} & set(pieces)
    assert kept.rows.shape == (len(pieces), 96)
    assert np.allclose(np.linalg.norm(kept.rows, axis=1), 1, atol=1e-5)
    start = PASSAGE.index("Dogs")
    assert len(kept.within(start, start + len("Dogs are"))) == 2
    assert len(kept.within(start + 1, start + len("Dogs"))) == 0


def test_what_is_kept_is_as_near_as_the_whole_vectors() -> None:
    model = _model()
    asked = model.read("When does the boat depart?")
    whole = model.read(PASSAGE)
    kept = unpack(pack(whole.parts, whole.places, PASSAGE))
    assert kept is not None
    wordy = [at for at, (start, end) in enumerate(whole.places) if PASSAGE[start:end].isalnum()]
    exact = asked.parts @ whole.parts[wordy].T
    near = shortened(asked.parts) @ kept.rows.T
    assert float(np.abs(near - exact).mean()) < 0.06
    # "boat" is nearest to "ferry", and "depart" to "leaves".
    words = [PASSAGE[slice(*whole.places[at])] for at in wordy]
    places = [asked.places.index((14, 18)), asked.places.index((19, 25))]
    assert [words[near[at].argmax()] for at in places] == ["ferry", "leaves"]


def test_a_passage_in_windows_keeps_its_last_words_too() -> None:
    text = "The ferry leaves at nine. " * 60 + "Bicycles travel free."
    vector, packed = _model().embed_with_tokens(text)
    kept = _unpacked(packed)
    assert _pieces(kept, text)[-3:] == ["Bicycles", "travel", "free"]
    assert len(kept.rows) == 5 * 60 + 3
    assert np.allclose(vector, _model().embed([text])[0])


@pytest.mark.parametrize("text", ["", "?!", "☃"])
def test_a_text_without_words_keeps_none(text: str) -> None:
    kept = _unpacked(_packed(text))
    assert len(kept.rows) == len(kept.within(0, 9)) == 0
    assert float(np.linalg.norm(of_length_one(kept.rows.sum(axis=0)))) == 0


def test_places_that_do_not_fit_are_left_out() -> None:
    far, long = 70_000, 300
    text = "a" * long + " " * far + "b c"
    rows = _rows(3)
    places = [(0, long), (far + long, far + long + 1), (0, 1)]
    assert len(_unpacked(pack(rows, places, text)).rows) == 1


@pytest.mark.parametrize(
    "change", [b"", b"\x07\x01\x00" + b"\0" * 51, b"\x01\x02\x00" + b"\0" * 51]
)
def test_another_form_is_not_read(change: bytes) -> None:
    assert unpack(change) is None


def _rows(count: int) -> Vectors:
    return np.random.default_rng(1).normal(size=(count, 384)).astype(np.float32)
