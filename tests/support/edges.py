"""An edge in the process of the tests, built as a server builds it that has it for all its life."""

import atexit
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import util
from typing import Any

import pytest
from flask import Flask

from pitchbar.conversions import pipeline
from pitchbar.conversions.pipeline import build_pixel
from pitchbar.core.bus import Bus
from pitchbar.scans import spool_figures
from pitchbar.scans.edge import Edge
from pitchbar.scans.pipeline import build_edge
from pitchbar.settings import Settings


@contextmanager
def edge_in_this_process(settings: Settings, app: Flask) -> Iterator[Edge]:
    """The edge in front of `app`. Its threads, its spools and what is known of them end with it:
    else they would go on shipping for all tests that come after.
    """
    ends: list[Callable[[], Any]] = []
    before = set(util._finalizer_registry)  # type: ignore[attr-defined]  # it has no public name
    with pytest.MonkeyPatch.context() as known:
        known.setattr(pipeline, "_spools", {})
        known.setattr(spool_figures, "_here", {})
        with pytest.MonkeyPatch.context() as building:
            building.setattr(atexit, "register", ends.append)
            building.setattr(os, "register_at_fork", lambda **_: None)
            edge = build_edge(settings, Bus(), app=build_pixel(settings, Bus(), app.wsgi_app))
        try:
            yield edge
        finally:
            for end in reversed(ends):
                end()
            # Of the same ends.
            for key in set(util._finalizer_registry) - before:  # type: ignore[attr-defined]  # as above
                del util._finalizer_registry[key]  # type: ignore[attr-defined]  # as above
