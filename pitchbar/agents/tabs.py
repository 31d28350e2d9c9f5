"""What an agent's page leads to; features above add theirs."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Tab:
    """`endpoint` takes the workspace's slug and `agent_id`."""

    position: int
    endpoint: str
    label: str


_tabs: list[Tab] = []


def add_tab(tab: Tab) -> None:
    if tab not in _tabs:
        _tabs.append(tab)


def list_tabs() -> list[Tab]:
    return sorted(_tabs)
