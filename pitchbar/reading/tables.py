"""Rows as a table of Markdown."""

from collections.abc import Iterable, Sequence


def table_of(rows: Iterable[Sequence[str]]) -> str:
    """The first row that says something is its head; empty rows and columns are left out."""
    filled = [row for row in ([_cell(cell) for cell in row] for row in rows) if any(row)]
    width = max((len(row) for row in filled), default=0)
    padded = [row + [""] * (width - len(row)) for row in filled]
    used = [at for at in range(width) if any(row[at] for row in padded)]
    lines = [f"| {' | '.join(row[at] for at in used)} |" for row in padded]
    if not lines:
        return ""
    return "\n".join([lines[0], f"|{'---|' * len(used)}", *lines[1:]])


def _cell(value: str) -> str:
    """A break or a bar inside of it would end it."""
    return " ".join(value.replace("|", "\\|").split())
