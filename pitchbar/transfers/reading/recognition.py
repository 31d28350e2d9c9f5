"""Which service wrote a table, as far as its columns tell, and which of them fill our fields.

The names are those of the services' own exports, of the answers of their APIs, which people save
as tables, and of YOURLS' own table. Bitly and Dub have changed theirs, so both have several.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pitchbar.transfers.reading.fields import FIELDS


@dataclass(frozen=True)
class Known:
    """Attributes:
    label: what people call the service.
    marks: sets of columns, in small letters and digits; one of them must be there as a whole.
    columns: of our fields, what fills it, the first that is there.
    label_separator: what stands between two labels in a cell.
    """

    label: str
    marks: tuple[frozenset[str], ...]
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    label_separator: str = ","


def _all(*names: str) -> frozenset[str]:
    return frozenset(names)


# The first whose marks are there.
KNOWN: Mapping[str, Known] = {
    "pitchbar": Known(
        "Pitchbar",
        (_all("destinationurl", "shortcode", "forwardparameters"),),
        {one.name: (one.name.replace("_", ""),) for one in FIELDS},
    ),
    "shlink": Known(
        "Shlink",
        (_all("longurl", "shortcode"),),
        {
            "name": ("title",),
            "destination_url": ("longurl",),
            "short_code": ("shortcode",),
            "labels": ("tags",),
            "starts_at": ("validsince", "metavalidsince"),
            "ends_at": ("validuntil", "metavaliduntil"),
            "scan_limit": ("maxvisits", "metamaxvisits"),
            "forward_parameters": ("forwardquery",),
        },
        label_separator="|",
    ),
    "kutt": Known(
        "Kutt",
        (_all("address", "target"),),
        {
            "name": ("description",),
            "destination_url": ("target",),
            "short_code": ("address",),
            "ends_at": ("expirein",),
            "archived": ("banned",),
        },
    ),
    "yourls": Known(
        "YOURLS",
        (
            _all("keyword", "url"),
            _all("keyword", "longurl"),
            _all("shorturl", "url", "title", "clicks"),
        ),
        {
            "name": ("title",),
            "destination_url": ("url", "longurl"),
            "short_code": ("keyword", "shorturl"),
        },
    ),
    "dub": Known(
        "Dub",
        (
            _all("shortlink", "destinationurl"),
            _all("link", "url", "clicks"),
            _all("shortlink", "url"),
            _all("domain", "key", "url"),
        ),
        {
            "name": ("title", "key"),
            "destination_url": ("destinationurl", "url"),
            "short_code": ("key", "slug", "shortlink", "link"),
            "labels": ("tags", "tagnames"),
            "notes": ("comments", "description"),
            "ends_at": ("expiresat",),
            "fallback_url": ("expiredurl",),
            "archived": ("archived",),
            **{
                f"utm_{name}": (f"utm{name}",)
                for name in ("source", "medium", "campaign", "term", "content")
            },
        },
    ),
    "bitly": Known(
        "Bitly",
        (
            _all("bitlink", "longurl"),
            _all("link", "longurl"),
            _all("shortlink", "longurl"),
            _all("shorturl", "longurl", "title"),
            _all("bitlink", "destination"),
            _all("customlink", "longurl"),
        ),
        {
            "name": ("title", "linktitle"),
            "destination_url": ("longurl", "destination"),
            "short_code": (
                *("custombackhalf", "backhalf", "custombitlinks", "custombitlink", "customlink"),
                *("bitlink", "shortlink", "shorturl", "link", "id"),
            ),
            "labels": ("tags",),
            "campaign": ("campaign", "campaignname"),
            "archived": ("archived",),
        },
    ),
}
UNKNOWN = Known("", ())


def recognise(columns: Sequence[str]) -> tuple[str, dict[str, int]]:
    """The key of `KNOWN`, empty for none, and the mapping: our field to the column's number."""
    places: dict[str, int] = {}
    for number, name in enumerate(columns):
        places.setdefault(plain_name(name), number)
    for key, known in KNOWN.items():
        if any(marks <= places.keys() for marks in known.marks):
            return key, _match(known.columns, places)
    return "", _match({one.name: one.guesses for one in FIELDS}, places)


def known_of(origin: str) -> Known:
    return KNOWN.get(origin, UNKNOWN)


def plain_name(name: str) -> str:
    """ "Long URL", "long_url" and "longUrl" as "longurl"."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\W_]+", "", folded)


def _match(wanted: Mapping[str, Sequence[str]], places: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for ours, names in wanted.items():
        number = next((places[name] for name in names if name in places), None)
        # A column fills one field; the next of its names may be free.
        if number is not None and number not in found.values():
            found[ours] = number
    return found
