"""Addresses of static files, with a part that changes with their content."""

import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"


@cache
def asset_path(path: str) -> str:
    """ "css/base.css" as "/static/css/base.css?v=…", which may be cached for a year."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()
    return f"/static/{path}?v={digest[:10]}"
