"""Takes out of an installed environment what its packages bring and Pitchbar never loads, so that
the image is smaller: `python infra/trim_image.py SITE_PACKAGES [--strip]`.

`--strip` also drops symbols that only linkers and debuggers read; it asks for binutils.
"""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

# Patterns below site-packages, and why nobody misses what they name.
UNUSED = {
    "**/tests": "tests of packages",
    "**/*.pyi": "types, which only a checker reads",
    "**/*.pxd": "headers for Cython",
    "**/*.a": "for linking",
    "hf_xet*": "downloads from a hub; the model lies in a package",
    "onnx/backend/test": "cases that engines are tried with",
    "onnxruntime/capi/libonnxruntime.so.*": "for programs in C; Python has its own copy",
    "onnxruntime/datasets": "examples",
    "onnxruntime/quantization": "makes models smaller; ours is",
    "onnxruntime/tools": "converts models",
    "onnxruntime/transformers": "converts models",
    "pyarrow/include": "for compiling",
    "pyarrow/includes": "for compiling",
    "pyarrow/_flight*": "a protocol; we write Parquet to a file",
    "pyarrow/_s3fs*": "buckets are written to by obstore",
    "pyarrow/libarrow_flight.so*": "as above",
    "pyarrow/libarrow_s3.so*": "as above",
    "pyarrow/libarrow_python_flight.so*": "as above",
    "pyarrow/libarrow_python.so": "the same file is there under its full name",
    "pyarrow/libarrow_python.so.*.*": "the same file is there under its full name",
    "pyarrow/libarrow_python_parquet_encryption.so": "the same file is there under its full name",
    "pyarrow/libarrow_python_parquet_encryption.so.*.*": "as above",
}
# Packages whose tests are a part of what they do.
_KEPT_TESTS = ("jinja2/tests",)
# Below this size it is not worth a process.
_STRIP_FROM_BYTES = 200_000


def find_unused(packages: Path) -> Iterator[tuple[str, Path]]:
    """Each path with the pattern that names it."""
    for pattern in UNUSED:
        for path in sorted(packages.glob(pattern)):
            if not any(path.is_relative_to(packages / kept) for kept in _KEPT_TESTS):
                yield pattern, path


def trim(packages: Path) -> None:
    for _, path in list(find_unused(packages)):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def strip(packages: Path) -> None:
    """But for what `auditwheel` brought along: those files are patched, and strip breaks some."""
    for path in packages.rglob("*.so*"):
        parts = path.relative_to(packages).parts
        is_patched = parts[0].endswith(".libs")
        if path.is_file() and not is_patched and path.stat().st_size >= _STRIP_FROM_BYTES:
            subprocess.run(["strip", "--strip-unneeded", str(path)], check=True)  # noqa: S603, S607  # as the image's build finds it


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", type=Path)
    parser.add_argument("--strip", action="store_true")
    given = parser.parse_args()
    if not given.packages.is_dir():
        sys.exit(f"{given.packages} is no folder")
    trim(given.packages)
    if given.strip:
        strip(given.packages)
