"""Lines of text in any script as outlines: order, shaping and fall-back of fonts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import bidirectional, combining

from pitchbar.symbols.fonts import Face, find_face, glyph_path, is_invisible
from pitchbar.symbols.paths import Path, joined, rectangle

_BOX_WIDTH, _BOX_HEIGHT, _BOX_LINE = 0.66, 0.72, 0.07  # of an em


@dataclass(frozen=True)
class Run:
    """Signs of one font and one direction; `start` is the first one's place in the text."""

    start: int
    text: str
    level: int
    face: Face | None


@dataclass(frozen=True)
class Glyph:
    """In ems, y downward; the path is drawn at (x, y) from the pen. `sign` is the place of the
    first sign of what it belongs to.
    """

    path: Path
    advance: float
    sign: int
    x: float = 0
    y: float = 0


def split_runs(text: str) -> list[Run]:
    """In the order in which they are written down."""
    runs: list[Run] = []
    for at, (sign, level) in enumerate(zip(text, _levels(text), strict=True)):
        last = runs[-1] if runs else None
        face = _choose(sign, last)
        if last and (last.level, last.face) == (level, face):
            runs[-1] = Run(last.start, last.text + sign, level, face)
        else:
            runs.append(Run(at, sign, level, face))
    return runs


def missing_signs(runs: Sequence[Run]) -> tuple[str, ...]:
    return tuple(dict.fromkeys("".join(run.text for run in runs if run.face is None)))


def cut(runs: Sequence[Run], start: int, end: int) -> list[Run]:
    """Of a line, which has the signs from `start` to before `end`."""
    kept = []
    for run in runs:
        first, last = max(run.start, start), min(run.start + len(run.text), end)
        if first < last:
            text = run.text[first - run.start : last - run.start]
            kept.append(Run(first, text, run.level, run.face))
    return kept


def visual_order(runs: Sequence[Run]) -> list[Run]:
    """From left to right: rule L2 of the Unicode bidirectional algorithm."""
    ordered = list(runs)
    levels = [run.level for run in ordered]
    odd = [level for level in levels if level % 2]
    for least in range(max(levels, default=0), min(odd, default=1) - 1, -1):
        at = 0
        while at < len(ordered):
            end = at
            while end < len(ordered) and ordered[end].level >= least:
                end += 1
            ordered[at:end] = reversed(ordered[at:end])
            at = end + 1
    return ordered


def shape(run: Run) -> list[Glyph]:
    """From left to right."""
    if run.face is None:
        return list(_boxes(run))
    import uharfbuzz as hb

    face = run.face
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if run.level % 2 else "ltr"
    hb.shape(face.font, buffer, {})
    scale = 1 / face.units
    return [
        Glyph(
            glyph_path(face, info.codepoint),
            position.x_advance * scale,
            run.start + info.cluster,
            position.x_offset * scale,
            -position.y_offset * scale,
        )
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]


def _boxes(run: Run) -> Iterator[Glyph]:
    """What no font has."""
    for at, sign in enumerate(run.text):
        if combining(sign):
            continue
        outer = rectangle(0.05, -_BOX_HEIGHT, _BOX_WIDTH - 0.1, _BOX_HEIGHT)
        inner = rectangle(
            0.05 + _BOX_LINE,
            _BOX_LINE - _BOX_HEIGHT,
            _BOX_WIDTH - 0.1 - 2 * _BOX_LINE,
            _BOX_HEIGHT - 2 * _BOX_LINE,
            hole=True,
        )
        yield Glyph(joined([outer, inner]), _BOX_WIDTH, run.start + at)


def _choose(sign: str, last: Run | None) -> Face | None:
    """The font of the signs before, for what belongs to them; else the first that has it."""
    if last and last.face and (is_invisible(sign) or (_is_joined(sign) and last.face.has(sign))):
        return last.face
    face = find_face(sign)
    if face is None and is_invisible(sign):
        return find_face(" ")
    return face


def _is_joined(sign: str) -> bool:
    return bool(combining(sign)) or sign in " \u00a0.,!?:;-()"


# What the library refuses, by class of direction; each sign stays one sign.
_UNKNOWN = {"": "A", "B": " ", **dict.fromkeys(("LRI", "RLI", "FSI", "PDI"), "\u200b")}


def _levels(text: str) -> list[int]:
    """Of each sign: even from left to right, odd from right to left."""
    from bidi import algorithm

    # The library knows neither isolates nor breaks: a call to action is one paragraph.
    text = "".join(_UNKNOWN.get(bidirectional(sign), sign) for sign in text)
    base = algorithm.get_base_level(text)
    storage = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = base, ("L", "R")[base]
    algorithm.get_embedding_levels(text, storage)
    for at, sign in enumerate(storage["chars"]):
        sign["at"] = at
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage, False)
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    levels: list[int | None] = [None] * len(text)
    for sign in storage["chars"]:
        levels[sign["at"]] = sign["level"]
    # Marks of direction and joiners were taken out; they go with what stands before them.
    known: list[int] = []
    for level in levels:
        known.append((known[-1] if known else base) if level is None else level)
    return known
