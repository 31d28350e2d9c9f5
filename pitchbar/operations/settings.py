import re
from typing import Literal

from pydantic import field_validator

from pitchbar.core.limits import parse_thresholds
from pitchbar.core.setting_types import HttpsUrl, LongSecret, NameList, SettingsGroup
from pitchbar.jobs import QUEUES

_CONTACT = re.compile(r"mailto:[^\s@,]+@[^\s@,]+|https://[^\s,]+|tel:\+[0-9-]+")


def contacts_of(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


class OperationsSettings(SettingsGroup):
    least_secret_lengths = {"metrics_token": 24, "internal_queue_token": 24}

    ops_email_allowlist: NameList = ()
    metrics_token: str = ""
    queue_wait_alerts: str = "ingestion=60,analytics=300,crawl=1800,index=600,default=300"

    security_contact: str = ""
    security_policy_url: HttpsUrl | Literal[""] = ""

    internal_queue_token: LongSecret = ""
    cloudflare_account_id: str = ""
    cloudflare_api_token: str = ""
    cloudflare_api_base: HttpsUrl = "https://api.cloudflare.com/client/v4"
    cron_worker_name: str = "pitchbar-queue-tick"

    @property
    def queue_wait_thresholds(self) -> dict[str, int]:
        """Seconds that a queue's oldest job may wait before operators are told."""
        return parse_thresholds(self.queue_wait_alerts, QUEUES)

    @field_validator("queue_wait_alerts")
    @classmethod
    def _are_thresholds(cls, value: str) -> str:
        parse_thresholds(value, QUEUES)
        return value

    @field_validator("security_contact")
    @classmethod
    def _are_contacts(cls, value: str) -> str:
        if not all(_CONTACT.fullmatch(one) for one in contacts_of(value)):
            raise ValueError(
                "must be mailto:security@pitchbar.example, an https:// address or "
                "tel:+1-201-555-0123, separated by commas"
            )
        return value

    @field_validator("cloudflare_api_base")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("cron_worker_name")
    @classmethod
    def _is_script_name(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", value):
            raise ValueError("must be of lower-case letters, digits, - and _, 63 at most")
        return value
