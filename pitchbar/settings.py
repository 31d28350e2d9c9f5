"""Every setting, typed, read once from the environment.

What the whole application needs stands here; what one feature needs stands in its own
`settings.py`, and is collected. `NAME_FILE=/path` gives the value of `NAME` from a file, so that
secrets need not stand in the environment. A value that does not fit stops the start with a sentence
that names the variable.
"""

import os
import re
import secrets
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Self, TypeVar

from pydantic import Field, PrivateAttr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo

from pitchbar.core.environment import SettingsError as SettingsError
from pitchbar.core.environment import read_environment
from pitchbar.core.setting_types import SettingsGroup

G = TypeVar("G", bound=SettingsGroup)
Groups = Mapping[type[SettingsGroup], SettingsGroup]


class Settings(SettingsGroup):
    """The whole configuration; docs/settings.md has one line on each.

    `settings.app_url` is the application's own, `settings[ScanSettings].spool_dir` a feature's.
    """

    app_env: Literal["development", "preview", "staging", "production"] = "development"
    app_key: str = ""
    app_url: str = "http://localhost:8000"
    port: int = Field(8000, ge=1, le=65535)
    data_dir: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
    trusted_proxies: int = Field(0, ge=0, le=10)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    live_max_sockets: int = Field(40, ge=0)
    ratelimit_enabled: bool = True

    _groups: Groups = PrivateAttr(default_factory=dict)

    def __getitem__(self, group: type[G]) -> G:
        found = self._groups[group]
        assert isinstance(found, group)  # noqa: S101  # by construction
        return found

    def replaced(self, **values: Any) -> Self:
        """A copy with other values, wherever they belong. For tests."""

        def copied(group: G) -> G:
            own = {name: values[name] for name in type(group).model_fields.keys() & values.keys()}
            return group.model_copy(update=own)

        groups = {kind: copied(group) for kind, group in self._groups.items()}
        return copied(self)._grouped(groups)

    def _grouped(self, groups: Groups) -> Self:
        self._groups = MappingProxyType(dict(groups))
        return self

    @field_validator("app_url")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        if not re.fullmatch(r"https?://[^/\s?#@]+/?", value):
            raise ValueError("must be an address such as https://pitchbar.example, without a path")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _name_driver(cls, value: str) -> str:
        # Hosts hand out postgres://, which SQLAlchemy does not know.
        for scheme in ("postgres://", "postgresql://"):
            if value.startswith(scheme):
                return "postgresql+psycopg://" + value.removeprefix(scheme)
        if value and not value.startswith(("postgresql+psycopg://", "sqlite:///")):
            raise ValueError("must start with postgresql:// or sqlite:///")
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must start with redis://, rediss:// or unix://")
        return value

    @model_validator(mode="after")
    def _fill_from_data_dir(self) -> Self:
        data_dir = self.data_dir.absolute()
        object.__setattr__(self, "data_dir", data_dir)
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{data_dir / 'pitchbar.db'}")
        return self

    @property
    def is_development(self) -> bool:
        return self.app_env == "development"

    @property
    def uses_tls(self) -> bool:
        return self.app_url.startswith("https://")

    @property
    def own_host(self) -> str:
        """The host of our own addresses, without port, lower case."""
        return self.app_url.split("://", 1)[1].rsplit("@")[-1].split(":")[0].lower()


def current_settings() -> Settings:
    """The settings of the application that is at work: a request, a job, or a command."""
    # Here, because the edge reads settings too and runs without Flask.
    from flask import current_app

    settings: Settings = current_app.extensions["settings"]
    return settings


@cache
def settings_groups() -> tuple[type[SettingsGroup], ...]:
    """The class of each feature's `settings.py`; one that is put there is found."""
    files = sorted(Path(__file__).parent.glob("*/settings.py"))
    modules = [import_module(f"pitchbar.{file.parent.name}.settings") for file in files]
    return tuple(
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, SettingsGroup)
        and kind.__module__ == module.__name__
    )


def setting_fields() -> dict[str, FieldInfo]:
    """Every setting by the name of its field, the application's own and the features'."""
    kinds: tuple[type[SettingsGroup], ...] = (Settings, *settings_groups())
    return {name: field for kind in kinds for name, field in kind.model_fields.items()}


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Reads the settings from the environment.

    Raises:
        SettingsError: a variable is malformed, or a needed one is missing.
    """
    environ = os.environ if environ is None else environ
    settings = _read(Settings, environ)
    settings._grouped(
        {
            kind: _read(kind, environ).with_defaults_in(settings.data_dir)
            for kind in settings_groups()
        }
    )
    if settings.app_key:
        return settings
    if not settings.is_development:
        raise SettingsError(
            f"APP_KEY is missing: APP_ENV={settings.app_env} needs a long random secret."
        )
    return settings.replaced(app_key=_development_key(settings.data_dir))


def _read(kind: type[G], environ: Mapping[str, str]) -> G:
    try:
        return kind.model_validate(read_environment(tuple(kind.model_fields), environ))
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "the settings"
        sentence = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{name} is not usable: {sentence}.") from None


def _development_key(data_dir: Path) -> str:
    """A key kept beside the data, so that sign-ins outlive a restart of `bin/dev`."""
    path = data_dir / "app_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()
