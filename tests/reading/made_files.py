"""Files of all kinds, as small as they can be and as programs write them."""

import io
import zipfile
from collections.abc import Mapping, Sequence

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
    b"\x00\x00\x00\x0cIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00"
    b"IEND\xaeB`\x82"
)


def zipped(entries: Mapping[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return made.getvalue()


_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def word_paragraph(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def word_table(rows: Sequence[Sequence[str]]) -> str:
    cells = ("".join(f"<w:tc>{word_paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def docx(body: str, before: str = "", more: Mapping[str, str | bytes] | None = None) -> bytes:
    document = f'{before}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    return zipped(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" '
            f'Type="{_DOCUMENT}" Target="word/document.xml"/></Relationships>',
            "word/document.xml": document,
            "word/styles.xml": f'<w:styles xmlns:w="{_WORD}">'
            + "".join(
                f'<w:style w:type="paragraph" w:styleId="Heading{level}">'
                f'<w:name w:val="heading {level}"/></w:style>'
                for level in (1, 2)
            )
            + "</w:styles>",
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELATIONS}"/>',
            **(more or {}),
        }
    )


def pptx(slides: Sequence[tuple[str, Sequence[str]]], table: Sequence[Sequence[str]] = ()) -> bytes:
    from pptx import Presentation
    from pptx.util import Cm

    show = Presentation()
    for title, points in slides:
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(points)
        slide.notes_slide.notes_text_frame.text = f"Say slowly: {title}"
    if table:
        slide = show.slides.add_slide(show.slide_layouts[6])
        size = (Cm(1), Cm(1), Cm(10), Cm(3))
        cells = slide.shapes.add_table(len(table), len(table[0]), *size).table
        for at, row in enumerate(table):
            for column, text in enumerate(row):
                cells.cell(at, column).text = text
    made = io.BytesIO()
    show.save(made)
    return made.getvalue()


def xlsx(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, value in enumerate(row):
                    if hasattr(value, "year"):
                        sheet.write_datetime(at, column, value, day)
                    else:
                        sheet.write(at, column, value)
    return made.getvalue()


def epub(chapters: Sequence[str], more: Mapping[str, str | bytes] | None = None) -> bytes:
    names = [f"text/chapter {number}.xhtml" for number in range(len(chapters))]
    items = "".join(
        f'<item id="c{at}" href="text/chapter%20{at}.xhtml" media-type="application/xhtml+xml"/>'
        for at in range(len(chapters))
    )
    # The spine runs against the order of the list.
    spine = "".join(f'<itemref idref="c{at}"/>' for at in reversed(range(len(chapters))))
    package = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Boat Book</dc:title>'
        f"<dc:language>en</dc:language></metadata><manifest>{items}</manifest>"
        f"<spine>{spine}</spine></package>"
    )
    page = (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html '
        'xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>{}</body></html>'
    )
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": "<container xmlns="
            '"urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles><rootfile '
            'full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles>'
            "</container>",
            "OEBPS/book.opf": package,
            **{
                f"OEBPS/{name}": page.format(text)
                for name, text in zip(names, chapters, strict=True)
            },
            **(more or {}),
        }
    )


PrintedLine = tuple[float, float, float, str]
"""Its place from the left and from below, the size of its letters, what it says."""


def pdf(pages: Sequence[Sequence[PrintedLine]]) -> bytes:
    objects = ["<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>")
    objects.append(
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    )
    for at, lines in enumerate(pages):
        said = "\n".join(
            f"BT /F1 {size} Tf {left} {bottom} Td ({_escaped(text)}) Tj ET"
            for left, bottom, size, text in lines
        )
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R "
            f">> >> /Contents {5 + 2 * at} 0 R >>"
        )
        objects.append(f"<< /Length {len(said.encode('cp1252'))} >>\nstream\n{said}\nendstream")
    return _numbered(objects)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _numbered(objects: Sequence[str]) -> bytes:
    made, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer << /Size "
        f"{len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(made)}\n%%EOF\n"
    )
    return made + end.encode()


def encrypted_pdf(plain: bytes, password: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(plain)))
    writer.encrypt(password, "the owner's", algorithm="AES-256")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def scanned_pdf(pages: int) -> bytes:
    from PIL import Image

    first, *others = [Image.new("RGB", (200, 300), "white") for _ in range(pages)]
    made = io.BytesIO()
    first.save(made, "PDF", save_all=True, append_images=others)
    return made.getvalue()


def column(left: float, top: float, lines: Sequence[str], size: float = 10) -> list[PrintedLine]:
    return [(left, top - at * size * 1.2, size, text) for at, text in enumerate(lines)]
