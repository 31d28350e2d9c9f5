"""Two decoders that know nothing of each other read whatever the studio can make."""

import pytest

from pitchbar.symbols.design import Design
from pitchbar.symbols.rendering import draw_symbol, to_image
from tests.symbols.pictures import (
    EYES,
    FRAMES,
    SHAPES,
    TEXT,
    png_logo,
    read_by_opencv,
    read_by_zxing,
)

PX = 6


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_eye_and_frame_is_read_by_both(shape: str) -> None:
    unread = []
    for at, (eye, ball) in enumerate(EYES):
        frame = FRAMES[at % len(FRAMES)]
        for level in "LH":
            design = Design(
                module_shape=shape,
                eye_frame_shape=eye,
                eye_ball_shape=ball,
                frame=frame,
                frame_text="Scan me",
                error_correction=level,
            )
            drawing = draw_symbol(TEXT, design)
            picture = to_image(drawing, PX)
            if read_by_zxing(picture) != [TEXT]:
                unread.append(("zxing", design.stored()))
            if read_by_opencv(picture, drawing, PX) != TEXT:
                unread.append(("opencv", design.stored()))
    assert not unread


@pytest.mark.parametrize("backdrop", ["none", "square", "circle"])
@pytest.mark.parametrize("text", [TEXT, "https://a.co/x", TEXT + "?" + "a" * 200])
def test_logo_that_fits_leaves_the_symbol_readable(backdrop: str, text: str) -> None:
    tried = 0
    for share in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35):
        design = Design(error_correction="L", logo_share=share, logo_backdrop=backdrop)
        drawing = draw_symbol(text, design, png_logo())
        if drawing.logo_is_too_large:
            continue
        tried += 1
        picture = to_image(drawing, PX)
        assert read_by_zxing(picture) == [text]
        assert read_by_opencv(picture, drawing, PX) == text
    assert tried
