"""Slides: each with its title as a heading, its points, its tables, and what the speaker says."""

import io
from collections.abc import Iterator
from typing import Any

from pitchbar.reading.archives import open_archive, refuse_entities
from pitchbar.reading.conversion import tidy
from pitchbar.reading.drafts import Draft
from pitchbar.reading.tables import table_of


def read_pptx(data: bytes, _name: str) -> Draft:
    from pptx import Presentation

    refuse_entities(open_archive(data))
    slides = Presentation(io.BytesIO(data)).slides
    parts = [part for number, slide in enumerate(slides, 1) for part in _parts_of(slide, number)]
    markdown = tidy("\n\n".join(part for part in parts if part.strip()))
    return Draft(markdown, len(markdown))


def _parts_of(slide: Any, number: int) -> Iterator[str]:
    title = slide.shapes.title
    said = " ".join(title.text_frame.text.split()) if title is not None else ""
    yield f"## {said or f'Slide {number}'}"
    for shape in _shapes(slide.shapes):
        if title is not None and shape.shape_id == title.shape_id:
            continue
        yield _text_of(shape)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        yield slide.notes_slide.notes_text_frame.text.strip()


def _shapes(shapes: Any) -> Iterator[Any]:
    """Those in groups too, from the top of the slide to its end."""
    for shape in sorted(shapes, key=lambda one: (one.top or 0, one.left or 0)):
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        else:
            yield shape


def _text_of(shape: Any) -> str:
    if getattr(shape, "has_table", False):
        return table_of([cell.text for cell in row.cells] for row in shape.table.rows)
    if not shape.has_text_frame:
        return ""
    paragraphs = [one for one in shape.text_frame.paragraphs if one.text.strip()]
    if len(paragraphs) < 2:
        return "\n".join(" ".join(one.text.split()) for one in paragraphs)
    return "\n".join(f"{'  ' * one.level}- {' '.join(one.text.split())}" for one in paragraphs)
