"""A document in parts of a size that is searched for and read as one.

It is cut where its author cut it: at headings, then between paragraphs, rows and items, then
between sentences. A part that goes on from the one before begins with its last sentences; a part
of a table with the table's head.
"""

import hashlib
import unicodedata
from dataclasses import dataclass

from pitchbar.reading.packing import Piece, pack
from pitchbar.reading.sections import sections_of
from pitchbar.reading.tokens import CHUNK_TOKENS, OVERLAP_TOKENS, count_tokens


@dataclass(frozen=True)
class ChunkText:
    """`start` and `end` are characters of the Markdown; `text` is what stands there, and above it
    the head of the table or code that began in an earlier one.
    """

    position: int
    start: int
    end: int
    # The title of the document, and the headings above it, the outermost first.
    headings: tuple[str, ...]
    text: str
    tokens: int
    # SHA-256 of headings and text, in hexadecimal.
    content_hash: str


def chunk(
    markdown: str, title: str, *, size: int = CHUNK_TOKENS, overlap: int = OVERLAP_TOKENS
) -> list[ChunkText]:
    """Args:
    size, overlap: in tokens; a chunk that begins with an overlap may be larger by as much.
    """
    parts = (
        (section.headings, piece)
        for section in sections_of(markdown, size)
        for piece in pack(markdown, section.blocks, size, overlap)
    )
    return [
        _chunk_of(position, markdown, _with_title(title, headings), piece)
        for position, (headings, piece) in enumerate(parts)
    ]


def content_hash_of(markdown: str) -> str:
    """SHA-256 in hexadecimal; the same for texts that differ in white space alone."""
    bare = " ".join(unicodedata.normalize("NFC", markdown).split())
    return hashlib.sha256(bare.encode("utf-8", "surrogatepass")).hexdigest()


def _with_title(title: str, headings: tuple[str, ...]) -> tuple[str, ...]:
    title = " ".join(title.split())
    says_it_already = bool(headings) and headings[0].casefold() == title.casefold()
    return headings if says_it_already or not title else (title, *headings)


def _chunk_of(position: int, markdown: str, headings: tuple[str, ...], piece: Piece) -> ChunkText:
    text = markdown[piece.start : piece.end]
    if piece.header:
        text = f"{piece.header}\n{text}"
    embedded = "\n".join((*headings, "", text))
    content_hash = hashlib.sha256(embedded.encode("utf-8", "surrogatepass")).hexdigest()
    return ChunkText(
        position, piece.start, piece.end, headings, text, count_tokens(text), content_hash
    )
