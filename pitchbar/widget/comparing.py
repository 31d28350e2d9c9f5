"""Whether the committed files are what the sources make, and light enough."""

import gzip
import tempfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import brotli

from pitchbar.widget.building import build
from pitchbar.widget.built import (
    BUILT,
    MANIFEST,
    SOURCES,
    BuiltFile,
    digest,
    read_built,
    weigh,
)

_AGAIN = "Run: pitchbar widget build"


def find_faults(folder: Path = BUILT) -> list[str]:
    """Of the files themselves; needs no Node."""
    try:
        files = read_built(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return [f"{MANIFEST} cannot be read. {_AGAIN}"]
    return [*_inconsistent(folder, files), *_too_heavy(files)]


def find_differences(folder: Path = BUILT, sources: Path = SOURCES) -> list[str]:
    """Between the files and what the sources make. Packed ones are compared by what is in them:
    the same content packs differently from one machine to the next. Raises CannotBuild.
    """
    with tempfile.TemporaryDirectory() as place:
        anew = Path(place)
        build(anew, sources)
        names = {one.name for one in (*anew.glob("*.js"), *folder.glob("*.js"))}
        return [
            f"{name} is not what the sources make. {_AGAIN}"
            for name in sorted(names)
            if _content(anew / name) != _content(folder / name)
        ]


def _inconsistent(folder: Path, files: Mapping[str, BuiltFile]) -> list[str]:
    packed = (".gz", ".br")
    expected = {MANIFEST, *(f"{name}{end}" for name in files for end in ("", *packed))}
    there = {one.name for one in folder.iterdir()}
    faults = [f"{one} is missing or not named. {_AGAIN}" for one in sorted(expected ^ there)]
    for name, file in files.items():
        if not faults and not _is_as_listed(folder / name, file):
            faults.append(f"{name} is not what {MANIFEST} says. {_AGAIN}")
    return faults


def _is_as_listed(path: Path, file: BuiltFile) -> bool:
    body = path.read_bytes()
    packed = path.with_name(f"{path.name}.gz").read_bytes()
    smaller = path.with_name(f"{path.name}.br").read_bytes()
    sizes = (len(body), len(packed), len(smaller))
    return (
        file.hash == digest(body)
        and (file.bytes, file.gzip, file.br) == sizes
        and _unpacked(packed, gzip.decompress) == body
        and _unpacked(smaller, brotli.decompress) == body
    )


def _unpacked(packed: bytes, unpack: Callable[[bytes], bytes]) -> bytes | None:
    """None where it is broken."""
    try:
        return unpack(packed)
    except (OSError, EOFError, zlib.error, brotli.error):
        return None


def _too_heavy(files: Mapping[str, BuiltFile]) -> list[str]:
    return [
        f"The {one.label} weighs {one.gzip:,} bytes gzip; the most is {one.most:,}."
        for one in weigh(files)
        if one.gzip > one.most
    ]


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
