"""The built widget, as the product serves it."""

import json
import mimetypes

from pitchbar.core.assets import STATIC
from tests.support.loopback import Answer

BUILT = STATIC / "widget" / "built"


def loader_hash() -> str:
    found: str = json.loads((BUILT / "manifest.json").read_text())["hash"]
    return found


def widget_file(name: str, accepted: str = "") -> Answer:
    """For any page, for long; in the smallest encoding that is accepted."""
    path = BUILT / name
    if path.parent != BUILT or not path.is_file():
        return Answer(404, b"", "text/plain")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "public, max-age=31536000, immutable",
    }
    for encoding, ending in (("br", ".br"), ("gzip", ".gz")):
        packed = path.with_name(name + ending)
        if encoding in accepted and packed.is_file():
            headers |= {"Content-Encoding": encoding, "Vary": "Accept-Encoding"}
            return Answer(200, packed.read_bytes(), f"{kind}; charset=utf-8", headers)
    return Answer(200, path.read_bytes(), f"{kind}; charset=utf-8", headers)
