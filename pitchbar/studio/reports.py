"""Scan reports as they are kept and shown."""

import base64
from dataclasses import asdict
from typing import Any

from pitchbar.scan_check.reports import ScanReport

KIND_WORDS = {
    "perspective": "Tilted",
    "rotation": "Turned",
    "blur": "Out of focus",
    "noise": "Grainy",
    "low_light": "Dim light",
    "contrast": "Faded",
    "cover": "Partly covered",
    "size": "Small",
    "curve": "On a bottle",
}
VERDICT_WORDS = {
    "passes": "Scans well",
    "weak": "Scans, but not everywhere",
    "fails": "Does not scan",
}


def stored_report(report: ScanReport) -> dict[str, Any]:
    """As JSON: pictures in base64."""
    whole = asdict(report)
    for one in whole["survivals"]:
        one["picture"] = base64.b64encode(one["picture"]).decode()
    return whole
