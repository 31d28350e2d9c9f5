"""A row of a table as the values of a code, by the rules of the form for a new one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pitchbar.codes.errors import (
    InvalidCampaign,
    InvalidDestination,
    InvalidFallback,
    InvalidScanLimit,
    InvalidTimes,
)
from pitchbar.codes.fields import check_values
from pitchbar.codes.labels.errors import InvalidLabels
from pitchbar.codes.labels.names import check_names, split_names
from pitchbar.codes.life_forms import read_scan_limit
from pitchbar.codes.limits_of_use import require_order
from pitchbar.codes.models import ACTIVE, ARCHIVED
from pitchbar.core.csv_export import plain_cell
from pitchbar.core.text import has_control_characters
from pitchbar.settings import Settings
from pitchbar.transfers.reading.cells import (
    WrongCell,
    read_moment,
    read_short_code,
    read_status,
    read_yes,
)
from pitchbar.transfers.reading.fields import BY_NAME
from pitchbar.transfers.reading.plans import CellError, PlannedCode

_NAME_LENGTH = 200
_REFUSALS = (
    *(WrongCell, InvalidDestination, InvalidFallback, InvalidCampaign, InvalidScanLimit),
    *(InvalidTimes, InvalidLabels),
)
_UNSTORABLE = "This contains characters that cannot be stored."
_CHECKED = ("destination_url", "fallback_url", "campaign")


class RowReader:
    """Args:
    columns: the names in the head.
    mapping: our field to the number of its column.
    zone: in which times without an offset are meant.
    label_separator: what stands between labels.
    """

    def __init__(
        self,
        columns: Sequence[str],
        mapping: Mapping[str, int],
        *,
        zone: str,
        settings: Settings,
        label_separator: str = ",",
    ) -> None:
        self._columns = columns
        # Mistakes are told in the order of the columns.
        self._mapping = dict(sorted(mapping.items(), key=lambda pair: pair[1]))
        self._zone, self._settings = zone, settings
        self._separator = label_separator
        self._read: dict[str, Callable[[str], Any]] = {
            "starts_at": lambda text: read_moment(text, zone),
            "ends_at": lambda text: read_moment(text, zone, is_end=True),
            "scan_limit": read_scan_limit,
            "forward_parameters": read_yes,
            "attribution": read_yes,
            "archived": read_yes,
            "status": read_status,
            "short_code": read_short_code,
            "labels": self._read_labels,
            "error_correction": _read_correction,
            **{name: self._clean(name) for name in _CHECKED},
        }

    def read(self, number: int, cells: Sequence[str]) -> PlannedCode | list[CellError]:
        """The row as a code, or all that is wrong with it."""
        errors: list[CellError] = []
        if any(cell.strip() for cell in cells[len(self._columns) :]):
            text = f"This row has {len(cells)} cells, and the head {len(self._columns)}."
            errors.append(CellError(number, "", text))
        values: dict[str, Any] = {}
        for name, place in self._mapping.items():
            text = plain_cell(cells[place]).strip() if place < len(cells) else ""
            if not text and name != "destination_url":
                continue
            try:
                values[name] = self._value(name, text)
            except _REFUSALS as error:
                errors.append(CellError(number, self.name_of(name), str(error)))
        if not errors:
            try:
                require_order(values.get("starts_at"), values.get("ends_at"))
            except InvalidTimes as error:
                errors.append(CellError(number, self.name_of("ends_at"), str(error)))
        return errors or _plan(number, values)

    def name_of(self, field: str) -> str:
        """Of the column that fills it; an unnamed one by its number."""
        place = self._mapping.get(field)
        if place is None:
            return BY_NAME[field].label
        return self._columns[place] or f"Column {place + 1}"

    def _value(self, name: str, text: str) -> Any:
        if has_control_characters(text):
            raise WrongCell(_UNSTORABLE)
        most = BY_NAME[name].most
        if most and len(text) > most:
            raise WrongCell(f"Use at most {most:,} characters; this has {len(text):,}.")
        read = self._read.get(name)
        return read(text) if read else text

    def _clean(self, name: str) -> Callable[[str], Any]:
        return lambda text: check_values({name: text}, self._settings)[name]

    def _read_labels(self, text: str) -> tuple[str, ...]:
        if self._separator != ",":
            text = text.replace(self._separator, ",")
        return tuple(check_names(split_names(text)))


def _read_correction(text: str) -> str:
    if text.upper() not in ("L", "M", "Q", "H"):
        raise WrongCell("Write L, M, Q or H.")
    return text.upper()


def _plan(number: int, values: dict[str, Any]) -> PlannedCode:
    status = values.pop("status", ACTIVE)
    if values.pop("archived", False):
        status = ARCHIVED
    short_code, labels = values.pop("short_code", ""), values.pop("labels", ())
    if not values.get("name"):
        plain = values["destination_url"].partition("://")[2]
        values["name"] = (short_code or plain)[:_NAME_LENGTH]
    return PlannedCode(number, short_code, status, labels, values)
