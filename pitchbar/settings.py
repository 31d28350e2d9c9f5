"""Every setting, typed, read once from the environment.

What the whole application needs stands here; what one feature needs stands in its own
`settings.py`, and is collected. `NAME_FILE=/path` gives the value of `NAME` from a file, so that
secrets need not stand in the environment. A value that does not fit stops the start with a sentence
that names the variable.
"""

import os
import secrets
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, PrivateAttr, field_validator, model_validator
from pydantic.fields import FieldInfo

from pitchbar.core import hosts
from pitchbar.core.environment import SettingsError as SettingsError
from pitchbar.core.setting_types import KeyList, NameList, SettingsGroup, read_group
from pitchbar.core.weak_secrets import refuse_weak_secrets

G = TypeVar("G", bound=SettingsGroup)
Groups = Mapping[type[SettingsGroup], SettingsGroup]


class Settings(SettingsGroup):
    """The whole configuration; docs/settings.md has one line on each.

    `settings.app_url` is the application's own, `settings[ScanSettings].spool_dir` a feature's.
    """

    app_env: Literal["development", "preview", "staging", "production"] = "development"
    app_key: str = ""
    app_key_previous: KeyList = ()
    app_url: str = "http://localhost:8000"
    host: NameList = ()
    port: int = Field(8000, ge=1, le=65535)
    data_dir: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
    storage_url: str = ""
    trusted_proxies: int = Field(0, ge=0, le=10)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    live_max_sockets: int = Field(40, ge=0)
    live_max_sockets_per_person: int = Field(10, ge=1)
    ratelimit_enabled: bool = True

    least_secret_lengths = {"app_key": 32}

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

    def with_groups(self, groups: Groups) -> Self:
        """A copy with other ones in place of those of the same kinds."""
        return self.model_copy()._grouped({**self._groups, **groups})

    def groups(self) -> Groups:
        return self._groups

    def _grouped(self, groups: Groups) -> Self:
        self._groups = MappingProxyType(dict(groups))
        return self

    @field_validator("app_url")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        return hosts.check_origin(value)

    @field_validator("host")
    @classmethod
    def _are_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        plain = tuple(one.removeprefix("[").removesuffix("]") for one in value)
        if not all(hosts.is_host(one) for one in plain):
            raise ValueError("must be an address of this machine such as 0.0.0.0 or [::]")
        return plain

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

    @field_validator("storage_url")
    @classmethod
    def _is_storage(cls, value: str) -> str:
        if value and not value.startswith(("file:///", "s3://")):
            raise ValueError("must start with file:/// or s3://")
        return value

    @model_validator(mode="after")
    def _fill_from_data_dir(self) -> Self:
        data_dir = self.data_dir.absolute()
        object.__setattr__(self, "data_dir", data_dir)
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{data_dir / 'pitchbar.db'}")
        if not self.storage_url:
            object.__setattr__(self, "storage_url", f"file://{data_dir / 'files'}")
        return self

    def folders(self) -> list[Path]:
        """Those of the features (`…_dir`), beside DATA_DIR."""
        values = [value for group in self._groups.values() for _, value in group]
        return [value for value in values if isinstance(value, Path)]

    @property
    def app_keys(self) -> tuple[str, ...]:
        """What is encrypted is written under the first, and read by whichever opens it."""
        return (self.app_key, *self.app_key_previous)

    @property
    def signing_keys(self) -> list[str]:
        """For signed links and cookies: the last one signs, the others are still taken."""
        return [*reversed(self.app_keys)]

    @property
    def is_development(self) -> bool:
        return self.app_env == "development"

    @property
    def uses_tls(self) -> bool:
        return self.app_url.startswith("https://")

    @property
    def own_host(self) -> str:
        """The host of our own addresses, without port and brackets, lower case."""
        return urlsplit(self.app_url).hostname or ""

    def listening_hosts(self) -> list[str]:
        """Where to listen: HOST, else this machine alone in development and everywhere outside."""
        chosen = self.host or (("localhost",) if self.is_development else ("0.0.0.0",))  # noqa: S104  # outside development only
        named = [hosts.usable_loopbacks() if one == "localhost" else [one] for one in chosen]
        return [hosts.listening_address(one) for some in named for one in some]


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
    settings = read_group(Settings, environ)
    settings._grouped(
        {
            kind: read_group(kind, environ).with_defaults_in(settings.data_dir)
            for kind in settings_groups()
        }
    )
    if settings.is_development:
        _refuse_public_development(settings)
        return settings if settings.app_key else _with_development_key(settings)
    _refuse_weak_secrets(settings)
    return settings


def _refuse_public_development(settings: Settings) -> None:
    """A forgotten APP_ENV must not open the doors of development to everybody."""
    signs = {
        f"APP_URL={settings.app_url} is a public address": hosts.is_public(settings.own_host),
        "DATABASE_URL names a PostgreSQL": not settings.database_url.startswith("sqlite"),
        "REDIS_URL is set": bool(settings.redis_url),
    }
    if sign := next((name for name, is_there in signs.items() if is_there), None):
        is_chosen = "app_env" in settings.model_fields_set
        state = "is development" if is_chosen else "is not set, which means development"
        raise SettingsError(
            f"APP_ENV {state}, but {sign}. Set APP_ENV=production (or staging, or preview); "
            "development is for this machine alone, with SQLite and without Redis."
        )


def _refuse_weak_secrets(settings: Settings) -> None:
    if not settings.app_key:
        raise SettingsError(
            f"APP_KEY is missing: APP_ENV={settings.app_env} needs a long random secret."
        )
    for group in (settings, *settings._groups.values()):
        group.refuse_in(settings.app_env)
        refuse_weak_secrets(group, settings.app_env)


def _with_development_key(settings: Settings) -> Settings:
    """A key kept beside the data, so that sign-ins outlive a restart of `bin/dev`."""
    path = settings.data_dir / "app_key"
    if not path.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return settings.replaced(app_key=path.read_text().strip())
