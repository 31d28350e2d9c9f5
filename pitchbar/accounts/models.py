from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.core.encryption import ENCRYPTED
from pitchbar.events.subjects import Subject

# In place of a hash, for who signs in through another service only; no hash looks like it.
NO_PASSWORD = "!"  # noqa: S105

# The one provider of identities so far.
GOOGLE = "google"


class Person(UserMixin, Model):  # type: ignore[misc]  # flask_login has no types
    __tablename__ = "people"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(
        String(254), unique=True, info={"forgotten": "with the account"}
    )
    name: Mapped[str] = mapped_column(String(100), info={"forgotten": "with the account"})
    password_hash: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # When they first showed that the address is theirs: by a mailed link, or by Google's word.
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_proven(self) -> bool:
        """Whether the address is theirs beyond doubt. Anybody can sign up with any address."""
        return self.verified_at is not None

    @property
    def has_password(self) -> bool:
        return self.password_hash != NO_PASSWORD

    @property
    def subject(self) -> Subject:
        return Subject("person", self.id, self.email)


def _person_id(*, primary_key: bool = False, index: bool = False) -> Mapped[int]:
    key = ForeignKey(Person.id, ondelete="CASCADE")
    return mapped_column(key, primary_key=primary_key, index=index or None)


class PersonSession(Model):
    """One browser in which a person is signed in. The row is the session: without it, the cookie
    is worth nothing. `seen_at` is true to the minute.
    """

    __tablename__ = "person_sessions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = _person_id(index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # When the person last proved who they are.
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ip: Mapped[str] = mapped_column(
        String(45), info={"forgotten": "with the account, and when the session ends"}
    )
    user_agent: Mapped[str] = mapped_column(
        String(512), info={"forgotten": "with the account, and when the session ends"}
    )


class TwoFactor(Model):
    """A person's authenticator app; in force once `enabled_at` is set."""

    __tablename__ = "two_factors"

    person_id: Mapped[int] = _person_id(primary_key=True)
    encrypted_secret: Mapped[str] = mapped_column(String(255), info={**ENCRYPTED})
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    enabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The time step of the newest code that was accepted: none is accepted twice.
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(Model):
    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("person_id", "code_hash"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = _person_id()
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Identity(Model):
    """A person's account at another service, by the id it has there (an address can change)."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("provider", "subject"),
        UniqueConstraint("person_id", "provider"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = _person_id()
    provider: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(255))
    email: Mapped[str] = mapped_column(String(254), info={"forgotten": "with the account"})
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class EmailChange(Model):
    """The address that a person asked for and has not confirmed yet; a new wish replaces it."""

    __tablename__ = "email_changes"
    __table_args__ = (Index("ix_email_changes_secret_hash", "secret_hash"),)

    person_id: Mapped[int] = _person_id(primary_key=True)
    new_email: Mapped[str] = mapped_column(String(254), info={"forgotten": "with the account"})
    secret_hash: Mapped[str] = mapped_column(String(64))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
