"""Word files, saved pages, and text."""

import io

from pitchbar.reading.archives import open_archive, refuse_entities
from pitchbar.reading.conversion import tidy, to_markdown
from pitchbar.reading.decoding import decode
from pitchbar.reading.drafts import Draft
from pitchbar.reading.pages import read_markup

# Beside those that are headings by themselves.
_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => h2:fresh"


def read_docx(data: bytes, _name: str) -> Draft:
    import mammoth

    refuse_entities(open_archive(data))
    # Pictures are left out: their bytes would stand in the text.
    html = mammoth.convert_to_html(
        io.BytesIO(data),
        convert_image=mammoth.images.img_element(lambda _image: {"src": ""}),
        style_map=_STYLES,
    ).value
    return Draft(to_markdown(_with_heads(html)), len(html))


def read_saved_page(data: bytes, _name: str) -> Draft:
    markup = decode(data)
    page = read_markup(markup, url="", status=200)
    return Draft(page.markdown, len(markup), page.title, page.language)


def read_text(data: bytes, _name: str) -> Draft:
    """Markdown is text, and what is none reads as one paragraph after the other."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    return Draft(tidy(text), len(text))


def _with_heads(html: str) -> str:
    """Tables whose first row was not marked as their head: it is one all the same."""
    import lxml.html

    if not html.strip():
        return ""
    tree = lxml.html.fromstring(f"<div>{html}</div>")
    for table in tree.iter("table"):
        rows = list(table.iter("tr"))
        if rows and not any(True for _ in table.iter("th")):
            for cell in rows[0].iter("td"):
                cell.tag = "th"
    return str(lxml.html.tostring(tree, encoding="unicode"))
