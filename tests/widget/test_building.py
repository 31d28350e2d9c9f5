"""How the widget's files are made, compared and weighed."""

import gzip
import json
import random
import shutil
from pathlib import Path

import brotli
import pytest
from click.testing import CliRunner

from pitchbar.widget import building
from pitchbar.widget.building import CannotBuild, NoNode, build, has_node
from pitchbar.widget.built import MANIFEST, MOST_OF_LOADER, digest, read_built
from pitchbar.widget.commands import widget
from pitchbar.widget.comparing import find_differences, find_faults
from pitchbar.widget.word_names import short_names

needs_node = pytest.mark.skipif(not has_node(), reason="Node and npm are not here")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Of some files, as they are committed."""
    folder = tmp_path / "built"
    names = ("widget.js", "app.js", "preview.js", "words-de.js")
    building._write(folder, {name: f"console.log('{name}');".encode() for name in names})
    return folder


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """The smallest widget there can be."""
    folder = tmp_path / "src"
    (folder / "words").mkdir(parents=True)
    for name, text in {
        "loader.js": "console.log(__FILES__.app, __FILES__.greeter);",
        "app.js": "export const words = __FILES__.words, hello = W.hello;",
        "greeter.js": "export const start = () => 'Hello';",
        "preview.js": "export const preview = () => __FILES__.app;",
        "words/en.js": "export default {\n  hello: 'Hello',\n};",
        "words/de.js": "export default {\n  hello: 'Grüße',\n};",
    }.items():
        (folder / name).write_text(text)
    return folder


@needs_node
def test_files_name_each_other_by_their_content(sources: Path, tmp_path: Path) -> None:
    target = tmp_path / "made"
    files = build(target, sources)
    names = {"widget.js", "greeter.js", "app.js", "preview.js", "words-de.js", "words-en.js"}
    assert set(files) == names
    for name, file in files.items():
        assert file.hash == digest((target / name).read_bytes())
    words, app = f"words-de.js?v={files['words-de.js'].hash}", f"app.js?v={files['app.js'].hash}"
    loader = (target / "widget.js").read_text()
    assert app in loader
    assert f"greeter.js?v={files['greeter.js'].hash}" in loader
    assert words in (target / "app.js").read_text()
    assert app in (target / "preview.js").read_text()
    assert "Grüße" in (target / "words-de.js").read_text()
    letters = short_names(["hello"])["hello"]
    assert f'{letters}:"Grüße"' in (target / "words-de.js").read_text()
    assert f'"{letters}"' in (target / "app.js").read_text()
    manifest = json.loads((target / MANIFEST).read_text())
    assert manifest["hash"] == files["widget.js"].hash
    assert find_faults(target) == []


@needs_node
def test_a_second_build_is_the_same_to_the_byte(sources: Path, tmp_path: Path) -> None:
    build(tmp_path / "one", sources)
    build(tmp_path / "two", sources)
    one, two = (
        {file.name: file.read_bytes() for file in (tmp_path / name).iterdir()}
        for name in ("one", "two")
    )
    assert one == two
    assert len(one) == 19


@needs_node
def test_a_change_of_a_source_is_seen(sources: Path, tmp_path: Path) -> None:
    target = tmp_path / "made"
    build(target, sources)
    assert find_differences(target, sources) == []
    (sources / "words" / "de.js").write_text("export default {\n  hello: 'Guten Tag',\n};")
    changed = find_differences(target, sources)
    # The others name it.
    named = [one.partition(" ")[0] for one in changed]
    assert named == ["app.js", "preview.js", "widget.js", "words-de.js"]
    (sources / "words" / "de.js").unlink()
    assert any(one.startswith("words-de.js") for one in find_differences(target, sources))


@needs_node
def test_what_esbuild_says_of_a_mistake_reaches_whoever_builds(
    sources: Path, tmp_path: Path
) -> None:
    (sources / "app.js").write_text("export const x = ;")
    with pytest.raises(CannotBuild, match=r"app\.js:1"):
        build(tmp_path / "made", sources)


def test_without_node_a_sentence_says_so(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoNode, match="Node and npm are not here"):
        build(tmp_path / "made", sources)
    ended = CliRunner().invoke(widget, ["build"])
    assert ended.exit_code == 1
    assert "Node and npm are not here" in ended.output
    checked = CliRunner().invoke(widget, ["build", "--check"])
    assert "Node is not here: the files are weighed" in checked.output


def test_npm_that_fails_is_heard(
    tmp_path: Path, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("node", "npm"):
        (programs / name).write_text("#!/bin/sh\necho no way through >&2\nexit 1\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/bin:/usr/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(CannotBuild, match="npm ended with an error:\nno way through"):
        build(tmp_path / "made", sources)


def test_a_file_that_was_changed_by_hand_is_found(copy: Path) -> None:
    assert find_faults(copy) == []
    (copy / "app.js").write_bytes((copy / "app.js").read_bytes() + b"\n")
    assert find_faults(copy) == [
        "app.js is not what manifest.json says. Run: pitchbar widget build"
    ]


def test_packed_files_hold_the_same(copy: Path) -> None:
    shutil.copyfile(copy / "preview.js.br", copy / "app.js.br")
    assert any(one.startswith("app.js is not") for one in find_faults(copy))


@pytest.mark.parametrize("ending", [".gz", ".br"])
def test_packed_files_of_the_right_size_are_unpacked_too(copy: Path, ending: str) -> None:
    pack = {".gz": lambda body: gzip.compress(body, 9, mtime=0), ".br": brotli.compress}[ending]
    packed, other = copy / f"app.js{ending}", (copy / "app.js").read_bytes().replace(b"app", b"apq")
    size = packed.stat().st_size
    for body in (pack(other), b"?" * size):
        assert len(body) == size
        packed.write_bytes(body)
        assert find_faults(copy) == [
            "app.js is not what manifest.json says. Run: pitchbar widget build"
        ]


@pytest.mark.parametrize("name", ["app.js.gz", "words-xx.js"])
def test_what_is_missing_or_too_much_is_found(copy: Path, name: str) -> None:
    path = copy / name
    path.unlink() if path.exists() else path.write_text("")
    assert any(one.startswith(name) for one in find_faults(copy))


@pytest.mark.parametrize("text", ["", "{}", '{"files": []}'])
def test_a_manifest_that_cannot_be_read_is_a_fault(copy: Path, text: str) -> None:
    (copy / MANIFEST).write_text(text)
    assert find_faults(copy) == ["manifest.json cannot be read. Run: pitchbar widget build"]


def test_what_is_too_heavy_fails_the_check(tmp_path: Path) -> None:
    noise = random.Random(1)
    made = {
        name: noise.randbytes(length)
        for name, length in {
            "widget.js": MOST_OF_LOADER,
            "app.js": 12_000,
            "words-de.js": 100,
            "words-ar.js": 300,
        }.items()
    }
    building._write(tmp_path, made)
    loader, whole = find_faults(tmp_path)
    assert loader.startswith("The loader weighs 3,")
    assert loader.endswith("the most is 3,072.")
    files = read_built(tmp_path)
    weighed = sum(files[name].gzip for name in ("widget.js", "app.js", "words-ar.js"))
    assert whole == f"The whole weighs {weighed:,} bytes gzip; the most is 15,360."


def test_names_that_would_get_the_same_letters_are_refused() -> None:
    many = [f"word{number}" for number in range(400)]
    with pytest.raises(ValueError, match="needs another name"):
        short_names(many)
    assert short_names(["close", "open"])["close"] == short_names(["close"])["close"]
