import pytest
import segno
import zxingcpp
from PIL import Image

from pitchbar.symbols.design import PLAIN, Design
from pitchbar.symbols.logo_fitting import MOST_DAMAGE, fit_logo
from pitchbar.symbols.logos import Logo
from pitchbar.symbols.matrix import LEVELS, TextTooLong, make_matrix
from pitchbar.symbols.rendering import draw_symbol, largest_logo_share
from tests.symbols.pictures import TEXT, png_logo


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("text", ["a", TEXT, TEXT * 3, TEXT * 12])
def test_matrix_is_segnos(text: str, level: str) -> None:
    matrix = make_matrix(text, level)
    rows = segno.make(text, error=level, boost_error=False, micro=False).matrix
    assert matrix.dark == {
        (x, y) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    }


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("text", [TEXT, TEXT * 6])
def test_damage_is_counted_as_decoders_count_it(text: str, level: str) -> None:
    """As many codewords of a block turned over as it can repair are read; one more is not."""
    matrix = make_matrix(text, level)
    block, most = matrix.blocks[-1], matrix.repairs[-1]
    for count, is_read in ((most, True), (most + 1, False)):
        turned = frozenset().union(*block[:count])
        assert (matrix.damage(turned) <= 1) == is_read
        side = matrix.size + 8
        picture = Image.new("L", (side, side), 255)
        for x in range(matrix.size):
            for y in range(matrix.size):
                if ((x, y) in matrix.dark) != ((x, y) in turned):
                    picture.putpixel((x + 4, y + 4), 0)
        found = zxingcpp.read_barcodes(picture.resize((side * 4, side * 4), 0))
        assert bool(found) == is_read


def test_logo_raises_the_error_correction_as_far_as_it_must() -> None:
    levels = []
    for share in (0.1, 0.15, 0.2, 0.24):
        drawing = draw_symbol(TEXT, Design(error_correction="L", logo_share=share), png_logo())
        assert not drawing.logo_is_too_large
        levels.append(LEVELS.index(drawing.error_correction))
    assert levels == sorted(levels)
    assert levels[0] < levels[-1]


def test_too_large_a_logo_is_told_with_what_would_fit() -> None:
    square = Logo("png", png_logo().data, 100, 100)
    design = Design(logo_share=0.35, logo_backdrop="circle", logo_padding=3)
    drawing = draw_symbol(TEXT, design, square)
    assert drawing.logo_is_too_large
    assert drawing.error_correction == "H"
    share = drawing.largest_logo_share
    assert share is not None
    assert share == largest_logo_share(TEXT, design, square)
    fits = design.model_copy(update={"logo_share": share})
    assert not draw_symbol(TEXT, fits, square).logo_is_too_large
    over = design.model_copy(update={"logo_share": share + 0.01})
    assert draw_symbol(TEXT, over, square).logo_is_too_large


@pytest.mark.parametrize("aspect", [0.2, 1, 5])
def test_what_finds_the_symbol_is_never_covered(aspect: float) -> None:
    logo = Logo("png", png_logo().data, 100 * aspect, 100)
    for text in ("a", TEXT, TEXT * 5):
        for share in (0.1, 0.22, 0.35):
            fitting = fit_logo(text, Design(logo_share=share, logo_padding=3), logo)
            assert not fitting.cleared & fitting.matrix.bound
            assert fitting.box.width / fitting.box.height == pytest.approx(aspect)
            if fitting.fits:
                assert fitting.matrix.damage(fitting.cleared) <= MOST_DAMAGE


def test_text_that_no_symbol_holds_is_refused() -> None:
    with pytest.raises(TextTooLong):
        draw_symbol("a" * 3000, PLAIN)
    # At the highest correction it holds less: a logo takes the highest that there is.
    drawing = draw_symbol("a" * 2300, Design(error_correction="M"), png_logo())
    assert drawing.error_correction == "M"
