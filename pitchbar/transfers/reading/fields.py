"""The fields of a code that a table can fill, in the order of their page and of our own export."""

from dataclasses import dataclass

from pitchbar.core.utm import UTM_COLUMNS, UTM_NAMES


@dataclass(frozen=True)
class ImportField:
    """Attributes:
    name: as the API calls it, and the head of our own export.
    most: characters, where the text as such is stored.
    guesses: what such columns are called elsewhere, in small letters and digits alone.
    """

    name: str
    label: str
    hint: str = ""
    most: int = 0
    guesses: tuple[str, ...] = ()


_UTM = tuple(
    ImportField(column, f"UTM {name}", most=255, guesses=(f"utm{name}",))
    for column, name in zip(UTM_COLUMNS, UTM_NAMES, strict=True)
)

FIELDS = (
    ImportField(
        "name",
        "Name",
        "Without one, the short code or the destination is the name.",
        200,
        ("name", "title", "label", "linktitle", "codename", "bezeichnung", "nom", "nombre"),
    ),
    ImportField(
        "destination_url",
        "Destination",
        "Where the code leads. Needed in every row.",
        guesses=(
            *("destinationurl", "destination", "longurl", "longlink", "url", "target"),
            *("targeturl", "originalurl", "originallink", "redirecturl", "website", "ziel"),
        ),
    ),
    ImportField(
        "short_code",
        "Short code",
        "Of a whole short link, its last part is taken. Empty: one at random.",
        guesses=(
            *("shortcode", "keyword", "slug", "key", "address", "alias", "backhalf", "code"),
            *("shorturl", "shortlink", "bitlink", "link"),
        ),
    ),
    *_UTM,
    ImportField("campaign", "Campaign", guesses=("campaign", "campaignname", "kampagne")),
    ImportField(
        "labels", "Labels", "Several with commas between.", guesses=("labels", "tags", "tag")
    ),
    ImportField(
        "notes",
        "Notes",
        most=5000,
        guesses=("notes", "note", "comment", "comments", "description", "notizen"),
    ),
    ImportField(
        "starts_at",
        "Starts",
        "2026-12-01, 2026-12-01 09:00 or 1.12.2026 9:00, in the workspace's zone.",
        guesses=("startsat", "start", "startdate", "validfrom", "validsince", "activefrom"),
    ),
    ImportField(
        "ends_at",
        "Ends",
        "A day without a time counts whole.",
        guesses=("endsat", "end", "enddate", "expiresat", "expirein", "expires", "validuntil"),
    ),
    ImportField("scan_limit", "Scan limit", guesses=("scanlimit", "maxvisits", "maxclicks")),
    ImportField(
        "fallback_url",
        "Fallback address",
        "Where scans go that the code does not lead on.",
        guesses=("fallbackurl", "fallback", "expiredurl"),
    ),
    ImportField(
        "status",
        "Status",
        "Active or archived.",
        guesses=("status", "state"),
    ),
    ImportField(
        "archived",
        "Archived",
        "Yes or no.",
        guesses=("archived", "isarchived", "banned", "disabled"),
    ),
    ImportField(
        "forward_parameters",
        "Pass parameters on",
        "Yes or no.",
        guesses=("forwardparameters", "forwardquery"),
    ),
    ImportField(
        "error_correction",
        "Error correction",
        "L, M, Q or H; the workspace's own where nothing is said.",
        guesses=("errorcorrection",),
    ),
    ImportField("attribution", "Trace purchases", "Yes or no.", guesses=("attribution",)),
)
BY_NAME = {field.name: field for field in FIELDS}
NEEDED = "destination_url"
