"""The files of the widget as they are committed: what is there, and how heavy it is."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pitchbar.core.assets import STATIC

FOLDER = STATIC / "widget"
SOURCES, BUILT = FOLDER / "src", FOLDER / "built"
MANIFEST = "manifest.json"
LOADER, GREETER, APP, PREVIEW = "widget.js", "greeter.js", "app.js", "preview.js"

# Bytes, as gzip leaves them; of the whole: the loader, the app and the longest of the languages.
MOST_OF_LOADER, MOST_OF_WHOLE = 3 * 1024, 15 * 1024


def digest(body: bytes) -> str:
    """What tells one content of a file from the next."""
    return hashlib.sha256(body).hexdigest()[:16]


@dataclass(frozen=True)
class BuiltFile:
    """Sizes in bytes."""

    name: str
    hash: str
    bytes: int
    gzip: int
    br: int

    @property
    def address(self) -> str:
        """Below `/widget/`; it may be kept for ever."""
        return f"{self.name}?v={self.hash}"


def read_built(folder: Path = BUILT) -> Mapping[str, BuiltFile]:
    """By name. Raises OSError where nothing is built."""
    written: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    return {name: BuiltFile(name, **one) for name, one in written["files"].items()}


@cache
def built() -> Mapping[str, BuiltFile]:
    """Those of this release."""
    return read_built()


@cache
def integrity_of(name: str) -> str:
    """As the `integrity` of a script says it."""
    body = (BUILT / name).read_bytes()
    return "sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode()


@dataclass(frozen=True)
class Weight:
    """Of a part with its most, in bytes, as gzip leaves them."""

    label: str
    gzip: int
    most: int


def weigh(files: Mapping[str, BuiltFile]) -> list[Weight]:
    words = [one.gzip for one in files.values() if one.name.startswith("words-")]
    whole = files[LOADER].gzip + files[APP].gzip + max(words, default=0)
    return [
        Weight("loader", files[LOADER].gzip, MOST_OF_LOADER),
        Weight("whole", whole, MOST_OF_WHOLE),
    ]
