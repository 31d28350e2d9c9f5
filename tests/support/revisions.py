"""Revisions of the schema, loaded once for all the upgrades of a test run.

Alembic imports all of them anew for each command, which takes longer than one of them needs.
"""

from alembic.config import Config
from alembic.script import ScriptDirectory


def share_loaded_revisions() -> None:
    load = ScriptDirectory.from_config
    known: dict[str, ScriptDirectory] = {}

    def load_once(config: Config) -> ScriptDirectory:
        folder = config.get_alembic_option("script_location") or ""
        if folder not in known:
            known[folder] = load(config)
        return known[folder]

    ScriptDirectory.from_config = load_once  # type: ignore[method-assign]  # what it loads stays the same
