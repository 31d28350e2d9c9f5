"""What is counted of codes and workspaces, and made ready while a code is looked up."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import Connection, Engine, func, select

from pitchbar.core.clock import local_date
from pitchbar.scans.models import WHOLE_WORKSPACE, ScanDay, UnrecordedScans
from pitchbar.scans.quota import Allowance, Quota
from pitchbar.scans.scan_limits import LedScans
from pitchbar.scans.shared_counts import Counted
from pitchbar.scans.waiting_lines import WaitingLines
from pitchbar.workspaces.plans import find_plan


class Counting:
    """Args:
    led: of codes with a limit; in this process alone unless given.
    quota: of what plans record; None records all scans.
    stored: what was counted before; asked once for each code and workspace, in the thread that
        looks a code up. Without it all begin with nothing.
    """

    def __init__(
        self,
        led: LedScans | None = None,
        quota: Quota | None = None,
        stored: "StoredCounts | None" = None,
    ) -> None:
        self.led = led or LedScans()
        self._quota = quota
        self._stored = stored

    def reset_after_fork(self) -> None:
        self.led.reset_after_fork()
        if self._quota:
            self._quota.reset_after_fork()

    def prepare_code(self, workspace: Counted, code: Counted, *, is_counted: bool) -> None:
        if is_counted:
            stored = self._stored
            self.led.prepare(code, lambda: stored.count_led(workspace.id, code.id) if stored else 0)
        else:
            self.led.forget(code.id)

    def prepare_workspace(
        self, workspace: Counted, zone: str, plan: str, *, is_counted: bool = True
    ) -> Allowance | None:
        """None where no scan is counted: the plan records them all, or they are paid for."""
        limit, stored = find_plan(plan).scans, self._stored
        if self._quota is None or limit is None or not is_counted:
            return None
        return self._quota.prepare(
            workspace,
            zone,
            limit,
            lambda month: stored.count_recorded(workspace.id, zone, month.starts) if stored else 0,
        )

    def renew(self, workspace_id: int, code_id: int, allowance: Allowance, now: int) -> bool:
        """Whether one more scan is recorded, when `allowance` has nothing left."""
        return self._quota is None or self._quota.renew(workspace_id, code_id, allowance, now)

    def tend(self) -> None:
        """Called often, off the path."""
        self.led.catch_up()
        if self._quota:
            self._quota.tend()

    def close(self) -> None:
        self.led.catch_up()
        if self._quota:
            self._quota.close()


class StoredCounts:
    """What the database has, and what waits on this machine to be stored."""

    def __init__(self, engine: Engine, waiting: WaitingLines) -> None:
        self._engine = engine
        self._waiting = waiting

    def count_led(self, workspace_id: int, code_id: int) -> int:
        return self._waiting.count_with(
            lambda: self._ask(lambda connection: count_led(connection, workspace_id, code_id)),
            code_id,
            lambda scan: scan.code_id == code_id and scan.method == "GET",
        )

    def count_recorded(self, workspace_id: int, zone: str, since: date) -> int:
        return self._waiting.count_with(
            lambda: self._ask(lambda connection: count_recorded(connection, workspace_id, since)),
            workspace_id,
            lambda scan: scan.workspace_id == workspace_id and local_date(scan.at, zone) >= since,
        )

    def _ask(self, question: Callable[[Connection], int]) -> int:
        with self._engine.connect() as connection:
            return question(connection)


def count_led(connection: Connection, workspace_id: int, code_id: int) -> int:
    """How many scans of a code were led on, of those that are stored or known as not recorded."""
    stored = select(func.sum(ScanDay.hits - ScanDay.heads)).where(
        ScanDay.workspace_id == workspace_id, ScanDay.code_id == code_id
    )
    others = select(func.sum(UnrecordedScans.scans)).where(UnrecordedScans.code_id == code_id)
    return int(connection.scalar(stored) or 0) + int(connection.scalar(others) or 0)


def count_recorded(connection: Connection, workspace_id: int, since: date) -> int:
    """All scans of a workspace that are stored, from that day on."""
    query = select(func.sum(ScanDay.hits)).where(
        ScanDay.workspace_id == workspace_id,
        ScanDay.code_id == WHOLE_WORKSPACE,
        ScanDay.day >= since,
    )
    return int(connection.scalar(query) or 0)
