"""Makes the widget's files of its sources, with esbuild and terser, as their lock names them.

Each file names the others by their content, so they are made from the bottom up: languages and what
speaks first, the app that knows the languages, and the loader and the preview, which know all.
"""

import gzip
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import brotli

from pitchbar.widget.built import (
    APP,
    BUILT,
    FOLDER,
    GREETER,
    LOADER,
    MANIFEST,
    PREVIEW,
    SOURCES,
    BuiltFile,
    digest,
)
from pitchbar.widget.word_names import names_in, short_names, shorten

_PACKAGE = ("package.json", "package-lock.json", ".npmrc")
_OPTIONS = (
    *("--bundle", "--minify", "--target=es2022", "--charset=utf8"),
    *("--legal-comments=none", "--log-level=warning"),
)
# Behind esbuild, which bundles well and packs a little less tightly.
_COMPRESS = "ecma=2020,passes=3,pure_getters,unsafe_arrows"
_TIGHTER = ("--ecma=2020", "--mangle", "--compress", _COMPRESS)
_SECONDS = 300


class CannotBuild(Exception):
    """A sentence for whoever builds."""


class NoNode(CannotBuild):
    def __init__(self) -> None:
        super().__init__(
            "Node and npm are not here, and the widget's files are built with them. Whoever only "
            "runs Pitchbar needs neither: the built files are in static/widget/built."
        )


def has_node() -> bool:
    return bool(shutil.which("node") and shutil.which("npm"))


def build(target: Path = BUILT, sources: Path = SOURCES) -> dict[str, BuiltFile]:
    """Writes every file, packed ones beside it, and the manifest. Raises CannotBuild."""
    programs = _install()
    words: dict[str, str] = {}
    made: dict[str, bytes] = {}

    def make(name: str, entry: Path, files: dict[str, Any], form: str = "esm") -> str:
        defined = {f"__FILES__.{key}": value for key, value in files.items()}
        defined |= {f"W.{key}": value for key, value in short.items()}
        body = _bundle(programs, entry, defined, form)
        made[name] = shorten(body, short) if entry.parent.name == "words" else body
        return f"{name}?v={digest(made[name])}"

    spoken = sorted((sources / "words").glob("*.js"))
    try:
        short = short_names(name for file in spoken for name in names_in(file.read_text()))
    except ValueError as error:
        raise CannotBuild(str(error)) from None
    for file in spoken:
        words[file.stem] = make(f"words-{file.stem}.js", file, {})
    greeter = make(GREETER, sources / "greeter.js", {})
    app = make(APP, sources / "app.js", {"words": words})
    everything = {"app": app, "greeter": greeter, "words": words}
    make(PREVIEW, sources / "preview.js", everything)
    make(LOADER, sources / "loader.js", everything, "iife")
    return _write(target, made)


def _bundle(programs: Path, entry: Path, names: dict[str, Any], form: str) -> bytes:
    # By name, so that each gets what it uses.
    defined = [
        f"--define:{name}={json.dumps(value, sort_keys=True, separators=(',', ':'))}"
        for name, value in names.items()
    ]
    esbuild = [str(programs / "esbuild"), str(entry), *_OPTIONS, f"--format={form}", *defined]
    terser = [str(programs / "terser"), *_TIGHTER, *(["--module"] if form == "esm" else [])]
    return _run(terser, entry.parent, _run(esbuild, entry.parent))


def _write(target: Path, made: dict[str, bytes]) -> dict[str, BuiltFile]:
    target.mkdir(parents=True, exist_ok=True)
    target.chmod(0o755)
    for old in target.iterdir():
        old.unlink()
    files = {name: _write_one(target / name, body) for name, body in sorted(made.items())}
    listed = {name: {**asdict(one)} for name, one in files.items()}
    for one in listed.values():
        del one["name"]
    manifest = {"hash": files[LOADER].hash, "files": listed}
    (target / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    (target / MANIFEST).chmod(0o644)
    return files


def _write_one(path: Path, body: bytes) -> BuiltFile:
    packed = {".gz": gzip.compress(body, 9, mtime=0), ".br": brotli.compress(body, quality=11)}
    for ending, content in {"": body, **packed}.items():
        file = path.with_name(path.name + ending)
        file.write_bytes(content)
        # The commands of the application make private files; these are for everybody.
        file.chmod(0o644)
    return BuiltFile(path.name, digest(body), len(body), len(packed[".gz"]), len(packed[".br"]))


def _install() -> Path:
    """The folder of the programs, installed once for each lock, outside of what is committed."""
    if not has_node():
        raise NoNode
    wanted = b"".join((FOLDER / name).read_bytes() for name in _PACKAGE)
    folder = _cache_folder() / hashlib.sha256(wanted).hexdigest()[:16]
    programs = folder / "node_modules" / ".bin"
    if not all((programs / name).exists() for name in ("esbuild", "terser")):
        folder.mkdir(parents=True, exist_ok=True)
        for name in _PACKAGE:
            shutil.copyfile(FOLDER / name, folder / name)
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
    return programs


def _cache_folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "pitchbar-widget"


def _run(command: Sequence[str], folder: Path, given: bytes = b"") -> bytes:
    try:
        done = subprocess.run(  # noqa: S603  # our own words
            command, cwd=folder, input=given, capture_output=True, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise CannotBuild(f"{Path(command[0]).name} took more than {_SECONDS} seconds.") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()[-2000:]
        raise CannotBuild(f"{Path(command[0]).name} ended with an error:\n{said}")
    return done.stdout
