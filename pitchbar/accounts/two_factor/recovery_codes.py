"""Ten codes on paper that each stand in once for the authenticator app."""

import secrets

from sqlalchemy import delete, func, select, update

from pitchbar.accounts.models import Person, RecoveryCode
from pitchbar.accounts.security_mail import record_and_notify
from pitchbar.core import clock
from pitchbar.core.database import changed_rows
from pitchbar.core.tokens import SHORT_CODE_ALPHABET, hash_secret
from pitchbar.events.actors import Actor
from pitchbar.extensions import db

COUNT = 10
# 28^15 is 5 with 21 zeros: too many to find one from its hash.
_GROUPS, _GROUP_LENGTH = 3, 5


def make_recovery_codes(person: Person) -> list[str]:
    """Replaces all codes of the person; only hashes are kept, so show them now."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = [_new_code() for _ in range(COUNT)]
    db.session.add_all(
        RecoveryCode(person_id=person.id, code_hash=_hash(person, code)) for code in codes
    )
    db.session.flush()
    return codes


def renew_recovery_codes(person: Person, by: Actor) -> list[str]:
    codes = make_recovery_codes(person)
    record_and_notify(
        person,
        by,
        "account.recovery_codes_made",
        "New recovery codes were made",
        "The recovery codes from before no longer work.",
    )
    return codes


def use_recovery_code(person: Person, code: str, by: Actor) -> bool:
    """Spends the code; False when it is unknown or spent."""
    query = (
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.code_hash == _hash(person, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
    )
    if changed_rows(db.session, query) != 1:
        return False
    left = count_recovery_codes(person)
    sentence = f"One of your recovery codes was used. {left} {'is' if left == 1 else 'are'} left."
    record_and_notify(
        person, by, "account.recovery_code_used", "A recovery code was used", sentence
    )
    return True


def count_recovery_codes(person: Person) -> int:
    """How many are left."""
    return (
        db.session.scalar(
            select(func.count()).where(
                RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None)
            )
        )
        or 0
    )


def _new_code() -> str:
    return "-".join(
        "".join(secrets.choice(SHORT_CODE_ALPHABET) for _ in range(_GROUP_LENGTH))
        for _ in range(_GROUPS)
    )


def _hash(person: Person, code: str) -> str:
    """Of the letters alone, so that it does not matter how they were typed."""
    letters = "".join(char for char in code.lower() if char.isalnum())
    return hash_secret(f"{person.id}:{letters}")
