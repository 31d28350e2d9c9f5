from pathlib import Path
from typing import Self

from pydantic import Field, field_validator

from pitchbar.core.setting_types import KeyList, SettingsGroup


class BackupSettings(SettingsGroup):
    backup_url: str = ""
    backup_daily: bool = True
    backup_keep_days: int = Field(30, ge=1, le=3660)
    backup_recipient: KeyList = ()
    backup_identity: str = ""
    backup_pg_bin: str = ""

    def with_defaults_in(self, data_dir: Path) -> Self:
        if self.backup_url:
            return self
        return self.model_copy(update={"backup_url": f"file://{data_dir.absolute() / 'backups'}"})

    @field_validator("backup_url")
    @classmethod
    def _is_storage(cls, value: str) -> str:
        if value and not value.startswith(("file:///", "s3://")):
            raise ValueError("must start with file:/// or s3://")
        return value

    @field_validator("backup_recipient")
    @classmethod
    def _are_public_keys(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        # A secret key in this place would lie in the environment of every process.
        if not all(one.startswith("age1") for one in value):
            raise ValueError("must be public keys of age, which start with age1")
        return value
