"""The dashboard and the alert rules ask for metrics and labels that the application exports."""

import json
import re
from collections.abc import Iterator

import pytest
import yaml  # type: ignore[import-untyped]  # its types are a package of their own
from prometheus_client.parser import text_string_to_metric_families

from pitchbar.core import figures
from pitchbar.core.assets import ROOT
from pitchbar.scans import spool_figures
from pitchbar.scans.spool_figures import SpoolFigures
from tests.operations.jobs_factory import make_job
from tests.support.browsing import FormClient

DASHBOARD = ROOT / "infra" / "grafana" / "pitchbar.json"
RULES = ROOT / "infra" / "prometheus" / "alerts.yaml"
OPERATIONS = ROOT / "docs" / "operations.md"

_NAME = re.compile(r"\bpitchbar_[a-z_]+")
_SELECTOR = re.compile(r"(pitchbar_[a-z_]+)\{([^}]*)\}")
_GROUPED = re.compile(r"(?:by|on|without) \(([a-z_, ]+)\)")
_SHOWN = re.compile(r"\{\{\s*\$?(?:labels\.)?([a-z_]+)\s*\}\}")


def panels() -> list[dict[str, object]]:
    return [one for one in json.loads(DASHBOARD.read_text())["panels"] if one["type"] != "row"]


def rules() -> list[dict[str, object]]:
    return [one for group in yaml.safe_load(RULES.read_text())["groups"] for one in group["rules"]]


def expressions() -> Iterator[tuple[str, str, str]]:
    """Where it stands, the expression, and the text that shows its labels."""
    for panel in panels():
        for target in panel["targets"]:  # type: ignore[attr-defined]  # as Grafana has it
            yield str(panel["title"]), target["expr"], target["legendFormat"]
    for rule in rules():
        shown = str(rule["annotations"]).replace("$value", "")
        yield str(rule["alert"]), str(rule["expr"]), shown


@pytest.fixture
def exported(client: FormClient, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, set[str]]]:
    """By the name of a series, its labels with the values that were seen."""
    make_job("done")
    make_job("failed")
    spool = SpoolFigures("web/1", 0.0, None, 0, 0, 0, 0, 0, 0, is_full=False)
    monkeypatch.setattr(spool_figures, "_here", {"": lambda: spool})
    client.get("/up")
    figures.REQUESTS.observe(0.1, "page", "5xx")
    for kind in ("redirect", "pixel"):
        figures.REDIRECTS.observe(0.1, kind)
    for kind in ("recorded", "unrecorded"):
        figures.SCANS_ACCEPTED.add(1, kind)
    figures.SCANS_STORED.add()
    figures.FIRST_TOKEN.observe(0.1)
    figures.RETRIEVAL.observe(0.1)
    figures.PAGES_FETCHED.observe(0.1, "fetched")
    figures.ERRORS.add(1, "pitchbar.web")
    figures.POLICY_REPORTS.add(1, "img-src")
    found: dict[str, dict[str, set[str]]] = {}
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            labels = found.setdefault(sample.name, {})
            for name, value in sample.labels.items():
                labels.setdefault(name, set()).add(value)
    # Without Redis there is none to tell of.
    return {**found, "pitchbar_redis_up": {}}


def test_every_metric_is_exported(exported: dict[str, dict[str, set[str]]]) -> None:
    asked = {(where, name) for where, text, _ in expressions() for name in _NAME.findall(text)}
    assert len(asked) > 30
    assert sorted(one for one in asked if one[1] not in exported) == []


def test_every_label_and_value_is_exported(exported: dict[str, dict[str, set[str]]]) -> None:
    wrong = []
    for where, text, shown in expressions():
        known = set().union(*(exported[name].keys() for name in _NAME.findall(text)))
        grouped = {one.strip() for found in _GROUPED.findall(text) for one in found.split(",")}
        wrong += [(where, one) for one in (grouped | set(_SHOWN.findall(shown))) - known]
        for name, selector in _SELECTOR.findall(text):
            for label, sign, value in re.findall(r'([a-z_]+)(=~|!=|=)"([^"]*)"', selector):
                values = exported[name].get(label, set())
                wanted = set(value.split("|"))
                if not values or (sign != "!=" and not wanted <= values):
                    wrong.append((where, f"{name}.{label}={value}"))
    assert wrong == []


def test_whatever_is_exported_of_ours_is_shown(exported: dict[str, dict[str, set[str]]]) -> None:
    """What nobody looks at need not be counted."""
    asked = {name for _, text, _ in expressions() for name in _NAME.findall(text)}
    stems = {re.sub(r"_(bucket|count|sum|total|created)$", "", name) for name in asked}
    ours = {re.sub(r"_(bucket|count|sum|total|created)$", "", name) for name in exported}
    # On the operators' pages.
    there = {"pitchbar_queue_delayed", "pitchbar_queue_running", "pitchbar_queue_paused"}
    there |= {"pitchbar_spool_files", "pitchbar_spool_held_lines", "pitchbar_spool_refused"}
    ours = {name for name in ours if name.startswith("pitchbar_")}
    assert sorted(ours - stems - there) == []


def test_every_rule_says_what_to_do() -> None:
    text = OPERATIONS.read_text()
    names = [str(rule["alert"]) for rule in rules()]
    assert [name for name in names if f"| {name} |" not in text] == []
    assert sorted(set(re.findall(r"\| (Pitchbar\w+) \|", text)) - set(names)) == []
    assert all(rule["labels"]["severity"] in ("page", "warn") for rule in rules())  # type: ignore[index]  # as Prometheus has it


def test_the_dashboard_is_whole() -> None:
    told = json.loads(DASHBOARD.read_text())
    assert len({one["id"] for one in told["panels"]}) == len(told["panels"])
    assert [one["name"] for one in told["templating"]["list"]] == ["datasource"]
    places = [tuple(one["gridPos"].values()) for one in told["panels"]]
    assert len(set(places)) == len(places)
    assert all(one["description"] for one in panels())
