"""`pitchbar qr`, as it is typed."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from click.testing import CliRunner, Result
from PIL import Image

from pitchbar.cli import main
from tests.symbols.pictures import SVG_LOGO

Run = Callable[..., Result]
URL = "https://codes.pitchbar.example/t/menu"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """In an empty folder, where neither a database nor a key is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))

    def typed(*words: str) -> Result:
        return CliRunner().invoke(main, ["qr", *words])

    return typed


@pytest.mark.parametrize(
    ("ending", "start"),
    [
        ("svg", b"<svg "),
        ("png", b"\x89PNG"),
        ("pdf", b"%PDF"),
        ("eps", b"%!PS"),
        ("PNG", b"\x89PNG"),
    ],
)
def test_file_is_what_its_name_says(run: Run, tmp_path: Path, ending: str, start: bytes) -> None:
    result = run(URL, "--out", f"code.{ending}")
    assert result.exit_code == 0, result.output
    assert (tmp_path / f"code.{ending}").read_bytes().startswith(start)
    assert not list(tmp_path.glob("**/*.db"))


def test_options_change_the_picture(run: Run, tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_bytes(SVG_LOGO)
    words = ["--shape", "dot", "--foreground", "#12355B", "--background", "transparent"]
    words += ["--frame-text", "Scan me", "--logo", "logo.svg", "--size", "900"]
    result = run(URL, "--out", "code.png", *words)
    assert result.exit_code == 0, result.output
    picture = Image.open(io.BytesIO((tmp_path / "code.png").read_bytes()))
    assert picture.width == 900 < picture.height
    assert picture.mode == "RGBA"
    ground = Image.new("RGBA", picture.size, "white")
    found = zxingcpp.read_barcodes(Image.alpha_composite(ground, picture).convert("RGB"))
    assert [one.text for one in found] == [URL]


def test_size_in_print(run: Run, tmp_path: Path) -> None:
    assert run(URL, "--out", "code.png", "--mm", "25.4", "--dpi", "600").exit_code == 0
    with Image.open(tmp_path / "code.png") as picture:
        assert picture.width == 600


def test_file_that_is_there_is_kept(run: Run, tmp_path: Path) -> None:
    (tmp_path / "code.svg").write_text("mine")
    refused = run(URL, "--out", "code.svg")
    assert refused.exit_code == 2
    assert "--force" in refused.output
    assert (tmp_path / "code.svg").read_text() == "mine"
    assert run(URL, "--out", "code.svg", "--force").exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--out", "code.gif"], "must end in"),
        (["--out", "code"], "must end in"),
        (["--out", "a.svg", "--shape", "star"], "--shape"),
        (["--out", "a.svg", "--foreground", "red"], "--foreground"),
        (["--out", "a.svg", "--gradient-to", "#12"], "--gradient-to"),
        (["--out", "a.svg", "--logo", "none.png"], "cannot be read"),
        (["--out", "a.svg", "--logo", "bad.svg"], "web page"),
        (["--out", "no/such/folder/a.svg"], "cannot be written"),
        (["--out", "a.png", "--size", "1000000"], "--size"),
        (["--out", "a.png", "--mm", "3000", "--dpi", "2400"], "pixels"),
        (["--out", "a.svg", "--frame-text", "a" * 256], "--frame-text"),
        ([], "--out"),
    ],
)
def test_bad_input_ends_with_two_and_a_sentence(
    run: Run, tmp_path: Path, words: list[str], said: str
) -> None:
    (tmp_path / "bad.svg").write_text("<svg><foreignObject/></svg>")
    result = run(URL, *words)
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "a.svg").exists()


def test_too_long_a_text_is_refused(run: Run) -> None:
    assert "too long" in run("a" * 3000, "--out", "a.svg").output
    assert run(" ", "--out", "a.svg").exit_code == 2


def test_too_large_a_logo_is_made_smaller(run: Run, tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_bytes(SVG_LOGO)
    result = run("a", "--out", "a.svg", "--logo", "logo.svg")
    assert result.exit_code in (0, 2)
    assert "smaller" in result.output or "hide too much" in result.output
