"""Known holes in what is locked: asks the OSV database, or a copy of it on this disk.

    bin/audit                    asks https://api.osv.dev once for all packages
    bin/audit --data all.zip     reads the copy that OSV publishes for PyPI instead
    bin/audit --must             ends with 1, too, when the database cannot be reached

Ends with 1 when there is one. Without network and copy it says so, and ends well: nothing was
looked at then.
"""

import argparse
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

LOCKS = Path(__file__).parent / "locks"
ASK = "https://api.osv.dev/v1/querybatch"
# A hole that does not reach us, with the reason why.
ACCEPTED: dict[str, str] = {}

Pin = tuple[str, str]


def read_pins(text: str) -> set[Pin]:
    return {(_plain(name), version) for name, version in re.findall(r"(?m)^([\w.-]+)==(\S+)", text)}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def ask(pins: list[Pin], url: str) -> Iterator[tuple[Pin, str]]:
    """Raises httpx.HTTPError when the database cannot be reached."""
    queries = [
        {"package": {"ecosystem": "PyPI", "name": name}, "version": version}
        for name, version in pins
    ]
    answer = httpx.post(url, json={"queries": queries}, timeout=20)
    for pin, found in zip(pins, answer.raise_for_status().json()["results"], strict=True):
        for advisory in found.get("vulns", ()):
            yield pin, advisory["id"]


def look_up(pins: list[Pin], archive: Path) -> Iterator[tuple[Pin, str]]:
    versions = dict(pins)
    with zipfile.ZipFile(archive) as copy:
        for name in copy.namelist():
            advisory = json.loads(copy.read(name))
            if not advisory.get("withdrawn"):
                yield from _affected(advisory, versions)


def _affected(advisory: dict[str, Any], versions: dict[str, str]) -> Iterator[tuple[Pin, str]]:
    for affected in advisory.get("affected", ()):
        name = _plain(affected.get("package", {}).get("name", ""))
        if versions.get(name) in affected.get("versions", ()):
            yield (name, versions[name]), advisory["id"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a copy of the database, as OSV publishes it")
    parser.add_argument("--url", default=ASK)
    parser.add_argument("--must", action="store_true", help="fail when nobody could look")
    options = parser.parse_args()
    pins = sorted({pin for lock in LOCKS.glob("*.txt") for pin in read_pins(lock.read_text())})
    try:
        found = list(look_up(pins, options.data) if options.data else ask(pins, options.url))
    except httpx.HTTPError:
        print(
            "SKIPPED: no advisory database can be reached, so nobody has looked for known holes "
            "in the dependencies. Run bin/audit where there is a network, or with --data.",
            file=sys.stderr,
        )
        return 1 if options.must else 0
    open_holes = [(pin, advisory) for pin, advisory in found if advisory not in ACCEPTED]
    for (name, version), advisory in open_holes:
        print(f"{name} {version}: https://osv.dev/{advisory}")
    print(f"{len(pins)} locked packages, {len(open_holes)} known holes")
    return 1 if open_holes else 0


if __name__ == "__main__":
    sys.exit(main())
