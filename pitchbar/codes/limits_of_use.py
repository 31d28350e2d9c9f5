"""What a code's life may be: from when, until when, for how many scans, and who may pass."""

from datetime import datetime

from pitchbar.codes.errors import (
    InvalidCampaign,
    InvalidPassword,
    InvalidScanLimit,
    InvalidTimes,
)
from pitchbar.core.code_passwords import hash_code_password
from pitchbar.core.text import has_control_characters

MOST_SCANS = 10_000_000
PASSWORD_LENGTHS = (4, 128)
CAMPAIGN_LENGTH = 100
FIRST_YEAR, LAST_YEAR = 2000, 2100


def check_time(name: str, at: datetime | None) -> datetime | None:
    """`name` is the field's. Raises InvalidTimes."""
    # The year of a zone may have begun, or not ended, where it is UTC.
    if at is not None and not FIRST_YEAR - 1 <= at.year <= LAST_YEAR + 1:
        raise InvalidTimes(name, f"Choose a year from {FIRST_YEAR} to {LAST_YEAR}.")
    return at


def require_order(starts_at: datetime | None, ends_at: datetime | None) -> None:
    """Raises InvalidTimes."""
    if starts_at and ends_at and ends_at <= starts_at:
        raise InvalidTimes("ends_at", "The end has to come after the start.")


def check_scan_limit(limit: int | None) -> int | None:
    """Raises InvalidScanLimit."""
    if limit is not None and not 1 <= limit <= MOST_SCANS:
        raise InvalidScanLimit(MOST_SCANS)
    return limit


def clean_campaign(campaign: str) -> str:
    """Raises InvalidCampaign."""
    plain = " ".join(campaign.split())
    if len(plain) > CAMPAIGN_LENGTH:
        raise InvalidCampaign(f"Use at most {CAMPAIGN_LENGTH} characters.")
    if has_control_characters(plain):
        raise InvalidCampaign("This contains characters that cannot be stored.")
    return plain


def check_password(password: str) -> None:
    """Raises InvalidPassword."""
    least, most = PASSWORD_LENGTHS
    if not least <= len(password) <= most:
        raise InvalidPassword(f"A password has {least} to {most} characters.")
    if not password.strip() or has_control_characters(password):
        raise InvalidPassword("Use characters that a visitor can see and type.")


def make_password_hash(password: str | None) -> str | None:
    """None asks for none. Raises InvalidPassword."""
    if not password:
        return None
    check_password(password)
    return hash_code_password(password)
