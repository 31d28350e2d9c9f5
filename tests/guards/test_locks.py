"""The lock files: everything pinned by hash, nothing said about where it comes from."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from pitchbar.core.assets import ROOT

LOCKS = {"runtime": ["build"], "dev": ["build", "dev"]}
_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,-]+\])?==([^\s;]+)(?: ; [^\\]+)? \\$")
_HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def lines_of(lock: str) -> list[str]:
    return (ROOT / "infra" / "locks" / f"{lock}.txt").read_text().splitlines()


def pins_of(lock: str) -> dict[str, set[Version]]:
    """The versions of each package; more than one when they depend on the machine."""
    pins: dict[str, set[Version]] = {}
    for line in lines_of(lock):
        if found := _PIN.match(line):
            pins.setdefault(found[1], set()).add(Version(found[2]))
    return pins


def wanted(groups: list[str]) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lists = [project["project"]["dependencies"]]
    lists += [project["dependency-groups"][group] for group in groups]
    return [Requirement(text) for some in lists for text in some]


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_versions_and_hashes_only(lock: str) -> None:
    assert len(pins_of(lock)) > 30
    strange = [one for one in lines_of(lock) if not (_PIN.match(one) or _HASH.match(one))]
    assert strange == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_fits_the_project(lock: str) -> None:
    pins = pins_of(lock)
    for requirement in wanted(LOCKS[lock]):
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        assert name in pins, f"{name} is not locked: run bin/lock"
        fits = all(requirement.specifier.contains(version) for version in pins[name])
        assert fits, f"{requirement} is locked at {pins[name]}: run bin/lock"


def test_both_locks_agree() -> None:
    runtime, dev = pins_of("runtime"), pins_of("dev")
    assert {name: pins for name, pins in runtime.items() if dev.get(name) != pins} == {}


def test_what_is_large_and_for_tests_alone_stands_by_itself() -> None:
    """ClickHouse's engine: installed by `bin/setup --full`, and never where Pitchbar serves."""
    strange = [one for one in lines_of("full") if not (_PIN.match(one) or _HASH.match(one))]
    assert strange == []
    assert set(pins_of("full")) == {"chdb-core-lite"}
    assert not set(pins_of("full")) & {*pins_of("dev"), *pins_of("runtime")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (requirement,) = map(Requirement, project["dependency-groups"]["full"])
    assert all(requirement.specifier.contains(one) for one in pins_of("full")[requirement.name])
