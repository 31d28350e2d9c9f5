"""Values from the environment, or from the files that it names."""

from collections.abc import Iterable, Mapping
from pathlib import Path


class SettingsError(Exception):
    """A sentence for the operator: which variable is wrong, and what it should be."""


def read_environment(fields: Iterable[str], environ: Mapping[str, str]) -> dict[str, str]:
    """The values of `FIELD` or, from its file, of `FIELD_FILE`, by the field's name; an empty
    variable counts as not set.

    Raises:
        SettingsError: a file cannot be read.
    """
    values = {}
    for field in fields:
        name = field.upper()
        if environ.get(name):
            values[field] = environ[name]
        elif environ.get(f"{name}_FILE"):
            values[field] = _read_file(name, environ[f"{name}_FILE"])
    return values


def _read_file(name: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise SettingsError(f"{name}_FILE cannot be read: {error.strerror}.") from None
