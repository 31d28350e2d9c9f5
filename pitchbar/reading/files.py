"""What an uploaded file says, as Markdown."""

from pathlib import Path

from pitchbar.reading.bounded import Limits, in_child
from pitchbar.reading.languages import language_of
from pitchbar.reading.results import ReadText, Unreadable

MOST_BYTES = 50 * 1024 * 1024


def read_file(
    content: Path | bytes,
    name: str,
    *,
    most_bytes: int = MOST_BYTES,
    limits: Limits = Limits(),  # noqa: B008 - it cannot be changed
) -> ReadText:
    """Args:
    name: what it was called; its kind is told by its content.

    Raises Unreadable, with a sentence for whoever uploaded it.
    """
    size = len(content) if isinstance(content, bytes) else content.stat().st_size
    if size > most_bytes:
        raise Unreadable(
            "too_large",
            f"This file has {size / 1_048_576:,.1f} MB; at most {most_bytes // 1_048_576:,} MB are "
            "read. Add it in parts.",
        )
    draft = in_child("file", content, limits, name=name)
    markdown = draft["markdown"]
    return ReadText(
        title=draft["title"],
        markdown=markdown,
        language=language_of(markdown, draft["declared"]),
        characters_in=draft["characters_in"],
        characters_kept=len(markdown),
        notes=tuple(draft["notes"]),
    )
