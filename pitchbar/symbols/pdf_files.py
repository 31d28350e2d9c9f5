"""The frame of a PDF file. There is no date and no id in it, so the same pages are the same
bytes.
"""

from hashlib import sha256
from zlib import compress

_CATALOG, _PAGES = 1, 2


class PdfFile:
    """Objects and pages, in the order in which they are added. Lengths are points, y upward."""

    def __init__(self) -> None:
        self._objects: list[bytes] = [b"", b""]
        self._pages: list[int] = []
        self._known: dict[bytes, int] = {}

    def add(self, data: bytes) -> int:
        """The object's number, for references."""
        self._objects.append(data)
        return len(self._objects)

    def add_stream(self, head: str, data: bytes) -> int:
        """The same stream is kept once."""
        packed = compress(data, 6)
        stream = b"<<%b/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (
            head.encode(),
            len(packed),
            packed,
        )
        key = sha256(stream).digest()
        if key not in self._known:
            self._known[key] = self.add(stream)
        return self._known[key]

    def add_page(
        self,
        size: tuple[float, float],
        operators: str,
        resources: str,
        trim: tuple[float, float, float, float] | None = None,
        bleed: tuple[float, float, float, float] | None = None,
    ) -> None:
        """`trim` is where the page is cut, `bleed` how far ink goes beyond."""
        boxes = f"/MediaBox[0 0 {size[0]:.3f} {size[1]:.3f}]"
        for name, box in (("TrimBox", trim), ("BleedBox", bleed)):
            if box:
                boxes += f"/{name}[{' '.join(f'{value:.3f}' for value in box)}]"
        contents = self.add_stream("", operators.encode())
        page = (
            f"<</Type/Page/Parent {_PAGES} 0 R{boxes}"
            f"/Contents {contents} 0 R/Resources<<{resources}>>>>"
        )
        self._pages.append(self.add(page.encode()))

    def write(self) -> bytes:
        kids = " ".join(f"{page} 0 R" for page in self._pages)
        self._objects[_CATALOG - 1] = f"<</Type/Catalog/Pages {_PAGES} 0 R>>".encode()
        pages = f"<</Type/Pages/Kids[{kids}]/Count {len(self._pages)}>>"
        self._objects[_PAGES - 1] = pages.encode()
        out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
        places = []
        for at, one in enumerate(self._objects, 1):
            places.append(len(out))
            out += b"%d 0 obj\n%b\nendobj\n" % (at, one)
        start = len(out)
        count = len(places) + 1
        out += b"xref\n0 %d\n0000000000 65535 f \n" % count
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, start)
        return bytes(out)
