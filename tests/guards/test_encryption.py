"""Whatever is encrypted under APP_KEY can be turned to another key."""

import ast
import re

from pitchbar.core.assets import ROOT
from pitchbar.core.database import Model
from pitchbar.features import import_models
from pitchbar.operations.key_rotation import encrypted_columns

# Each call of `encrypt`, and where what it makes is kept.
CALLS = {
    "accounts/two_factor/services.py:start_setup": "two_factors.encrypted_secret",
    "alerts/services.py:_channel": "alert_channels.encrypted",
    "api/idempotency.py:_store": "kept_answers.body",
    "billing/subscribers.py:end_and_delete": "jobs: end_purged_customer, secret",
    "core/shown_once.py:show_once": "the browser, for five minutes",
    "mailing/bodies.py:store_body": "mail_bodies.encrypted",
    "operations/key_rotation.py:renew": "wherever it was",
    "stored_settings/services.py:change_settings": "operator_settings.encrypted",
    "webhooks/services.py:create_endpoint": "webhook_endpoints.secret",
    "webhooks/services.py:rotate_secret": "webhook_endpoints.secret",
}
# Columns whose names sound like a secret and hold none that could be opened again.
OTHERS = {
    "codes.password_hash": "a hash",
}
_SOUNDS = re.compile(r"secret|encrypted|sealed|cipher")


def calls() -> set[str]:
    found = set()
    for path in sorted((ROOT / "pitchbar").rglob("*.py")):
        tree = ast.parse(path.read_text())
        imported = any(
            isinstance(node, ast.ImportFrom)
            and node.module == "pitchbar.core.encryption"
            and any(alias.name == "encrypt" for alias in node.names)
            for node in ast.walk(tree)
        )
        if not imported:
            continue
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Call) and ast.unparse(node.func) == "encrypt":
                        name = path.relative_to(ROOT / "pitchbar")
                        found.add(f"{name}:{function.name}")
    return found


def test_every_encryption_says_where_it_is_kept() -> None:
    assert calls() == set(CALLS), "name the place in CALLS; a column there says info=ENCRYPTED"


def test_every_place_is_turned() -> None:
    import_models()
    known = {str(column) for column in encrypted_columns()}
    columns = {place for place in CALLS.values() if re.fullmatch(r"[a-z_]+\.[a-z_]+", place)}
    assert sorted(columns - known) == [], "give the column info={**ENCRYPTED}"


def test_a_column_that_sounds_secret_is_encrypted_or_explained() -> None:
    import_models()
    columns = [one for table in Model.metadata.sorted_tables for one in table.columns]
    silent = [
        str(one)
        for one in columns
        if _SOUNDS.search(one.name) and "encrypted" not in one.info and "hash" not in one.name
    ]
    assert sorted(set(silent) - set(OTHERS)) == []
