"""Every file that starts Pitchbar somewhere, read against the Procfile and the settings: what they
name has to be there. The Procfile's own commands are started by `tests/core/test_procfile.py`.
"""

import configparser
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # its types are a package of their own
from click import Context, Group

from pitchbar.cli import main
from pitchbar.core.assets import ROOT
from pitchbar.settings import setting_fields

# Of the servers and of the shell, not of ours.
_OTHERS = {"PORT", "WEB_CONCURRENCY", "PATH", "PYTHONUNBUFFERED", "PITCHBAR_VERSION", "APP_HOST"}
_OF_SERVICES = re.compile(r"(POSTGRES|CLICKHOUSE)_(USER|DB|PASSWORD)")
_PORTS = {"web": "8000", "edge": "8001", "realtime": "8002"}


def procfile() -> dict[str, str]:
    """By process, without the port that it takes where none is set."""
    lines = (ROOT / "Procfile").read_text().splitlines()
    pairs = (line.split(":", 1) for line in lines)
    return {name: re.sub(r"^ env PORT=\S+", "", rest).strip() for name, rest in pairs}


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return read


def cloud() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "infra" / "cloud.yaml").read_text())
    return read


def unit(name: str) -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment, method-assign]  # the way it documents
    read.read_string((ROOT / "infra" / "systemd" / f"{name}.service").read_text())
    return read


def environments() -> list[dict[str, Any]]:
    return [one for project in cloud()["projects"] for one in project["environments"]]


def ours(services: list[dict[str, Any]], environment: str) -> dict[str, dict[str, Any]]:
    return {
        one["name"].removeprefix(f"{environment}-"): one
        for one in services
        if one.get("runtime") == "docker"
    }


def commands() -> Iterator[tuple[str, str]]:
    """Where a command stands, and the command."""
    for name, command in procfile().items():
        yield f"Procfile {name}", command
    for name, service in compose()["services"].items():
        if service.get("build"):
            yield f"compose {name}", service["command"]
    for path in sorted((ROOT / "infra" / "systemd").glob("*.service")):
        yield (
            path.name,
            unit(path.stem)["Service"]["ExecStart"].removeprefix("/opt/pitchbar/.venv/bin/"),
        )
    for environment in environments():
        for name, service in ours(environment["services"], environment["name"]).items():
            yield f"cloud {environment['name']} {name}", service["dockerCommand"]
            if before := service.get("preDeployCommand"):
                yield f"cloud {environment['name']} {name} before", before
    image = (ROOT / "Dockerfile").read_text()
    yield "Dockerfile", " ".join(yaml.safe_load(re.findall(r"^CMD (.+)$", image, re.M)[-1]))


COMMANDS = list(commands())


@pytest.mark.parametrize(("place", "command"), COMMANDS, ids=[place for place, _ in COMMANDS])
def test_command_is_one_of_the_procfile_and_can_be_read(place: str, command: str) -> None:
    assert command in procfile().values(), place
    program, *arguments = shlex.split(command)
    if program == "gunicorn":
        assert arguments == ["wsgi:app"]
        return
    assert program == "pitchbar"
    read_arguments(main, arguments)


def read_arguments(group: Group, arguments: list[str]) -> None:
    """As the command line does it, without running anything."""
    context: Context = Context(group)
    command: Any = group
    while isinstance(command, Group):
        found = command.get_command(context, arguments[0])
        assert found is not None, arguments
        command, arguments = found, arguments[1:]
    command.make_context(command.name, arguments)


def all_processes() -> set[str]:
    return set(procfile())


def test_each_file_starts_all_processes() -> None:
    built = {name for name, one in compose()["services"].items() if one.get("build")}
    assert built == all_processes()
    units = {path.stem for path in (ROOT / "infra" / "systemd").glob("*.service")}
    assert units == {f"pitchbar-{name}" for name in all_processes()}
    assert [one["name"] for one in environments()] == ["production", "staging"]
    for environment in environments():
        services = ours(environment["services"], environment["name"])
        # The release runs before web is replaced.
        assert set(services) == all_processes() - {"release"}
        assert services["web"]["preDeployCommand"] == procfile()["release"]
        assert "generation" in cloud()["previews"]


# In what is no YAML, how a variable is named.
_NAMED = {
    "docker-compose.yml": r"\$\{([A-Z_]+)",
    "infra/compose.env.example": r"^([A-Z_]+)=",
    "infra/caddy/Caddyfile": r"\{\$([A-Z_]+)",
    "Dockerfile": r"(?:^ENV| {4})\s*([A-Z_]+)=",
    "infra/systemd/*.service": r"^Environment=(\w+)=",
}


def variables() -> Iterator[tuple[str, str]]:
    """Where a variable stands, and its name."""
    for pattern, naming in _NAMED.items():
        for path in ROOT.glob(pattern):
            for variable in re.findall(naming, path.read_text(), re.M):
                yield path.name, variable
    for name, service in compose()["services"].items():
        for variable in service.get("environment", {}):
            yield f"compose {name}", variable
    for environment in environments():
        holders = environment["envVarGroups"] + environment["services"]
        given = [one for holder in holders for one in holder.get("envVars", ())]
        for variable in (one["key"] for one in given if "key" in one):
            yield f"cloud {environment['name']}", variable


def test_each_variable_is_a_setting() -> None:
    known = {name.upper() for name in setting_fields()} | _OTHERS
    found = list(variables())
    assert len(found) > 60
    unknown = [one for one in found if one[1] not in known and not _OF_SERVICES.fullmatch(one[1])]
    assert unknown == []


def test_proxies_lead_to_ports_on_which_something_listens() -> None:
    caddy = (ROOT / "infra" / "caddy" / "Caddyfile").read_text()
    led_to = set(re.findall(r"\b([a-z]+):(\d+)", caddy))
    assert led_to == {(name, "8000") for name in _PORTS}
    image = (ROOT / "Dockerfile").read_text()
    assert "PORT=8000" in image
    assert "EXPOSE 8000" in image
    nginx = (ROOT / "infra" / "nginx" / "pitchbar.conf").read_text()
    upstreams = dict(re.findall(r"upstream pitchbar_(\w+) \{ server 127\.0\.0\.1:(\d+);", nginx))
    assert upstreams == _PORTS
    assert set(re.findall(r"proxy_pass http://pitchbar_(\w+)", nginx)) == set(_PORTS)
    for name, port in _PORTS.items():
        assert (
            f"Environment=PORT={port}\n"
            in (ROOT / "infra" / "systemd" / f"pitchbar-{name}.service").read_text()
        )


def test_what_a_container_needs_is_copied_into_it() -> None:
    image = (ROOT / "Dockerfile").read_text()
    copied = {
        name
        for line in re.findall(r"^COPY (?!--from)(.+) \S+$", image, re.M)
        for name in line.split()
    }
    assert copied >= {
        "wsgi.py",
        "gunicorn.conf.py",
        "migrations",
        "static",
        "templates",
        "pitchbar",
    }
    kept = (ROOT / ".dockerignore").read_text().splitlines()
    for name in copied:
        assert (ROOT / name).exists(), name
        assert any(name == one[1:] or name.startswith(f"{one[1:]}/") for one in kept), name
    assert "USER pitchbar" in image
    assert "HEALTHCHECK" in image


def test_everything_that_keeps_something_has_a_volume_and_all_have_a_limit() -> None:
    read = compose()
    named = set(read["volumes"])
    used = {
        volume.partition(":")[0]
        for one in read["services"].values()
        for volume in one.get("volumes", ())
        if not volume.startswith(".")
    }
    assert used == named
    for name in ("postgres", "redis", "qdrant", "web", "edge"):
        assert read["services"][name]["volumes"], name
    assert [name for name, one in read["services"].items() if "mem_limit" not in one] == []
    redis = read["services"]["redis"]["command"]
    assert "--appendonly yes" in redis
    assert "--maxmemory-policy noeviction" in redis


@pytest.mark.parametrize("name", ["tests", "lint", "widget", "security"])
def test_workflow_runs_what_is_there(name: str) -> None:
    flow = yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text())
    runs = [step["run"] for job in flow["jobs"].values() for step in job["steps"] if "run" in step]
    assert runs
    for run in runs:
        program, *arguments = shlex.split(run)
        if program == ".venv/bin/pitchbar":
            read_arguments(main, arguments)
        else:
            assert program.startswith(".venv/bin/") or (ROOT / program).is_file(), run
        for path in (one for one in arguments if one.startswith("tests/")):
            assert (ROOT / path).exists(), run


def test_files_are_where_they_say_they_are() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for path in re.findall(r"\./([\w./-]+):/", text) + re.findall(r"\binfra/[\w./-]+", text):
        assert (ROOT / Path(path.removeprefix("./"))).exists(), path
