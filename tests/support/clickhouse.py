"""ClickHouse for the tests: its real engine, behind a stand-in for its HTTP interface."""

import importlib.util
import itertools
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from pitchbar.core.assets import ROOT
from tests.support.servers import give_up

_PROGRAM = ROOT / "tests" / "fakes" / "clickhouse.py"


class ClickHouse:
    """One process for the whole run; each test has a database of its own."""

    def __init__(self, port: int) -> None:
        self._origin = f"127.0.0.1:{port}"
        self._numbers = itertools.count(1)

    def new_url(self) -> str:
        """Of a database that is not there yet."""
        return f"http://default:secret@{self._origin}/tests_{next(self._numbers)}"

    def tell(self, mode: str) -> None:
        """ "fail": it answers with errors from now on; "hang": not at all; "lose": it takes
        rows, and breaks off the answer; "ok": as it should.
        """
        with urlopen(Request(f"http://{self._origin}/told?mode={mode}", method="POST")):
            pass


@contextmanager
def clickhouse_server(folder: Path) -> Iterator[ClickHouse]:
    if importlib.util.find_spec("chdb") is None:
        give_up("ClickHouse", "its engine is missing, run bin/setup --full")
    with subprocess.Popen(
        [sys.executable, str(_PROGRAM), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        port = process.stdout.readline()
        if not port:
            give_up("ClickHouse", "it did not start")
        try:
            yield ClickHouse(int(port))
        finally:
            process.stdin.close()
            process.wait(10)
