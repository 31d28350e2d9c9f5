from typing import Annotated

from pydantic import Field, field_validator

from pitchbar.core.setting_types import HttpsUrl, KeyList, SettingsGroup
from pitchbar.workspaces.plans import FREE, GROWTH, PLANS, SCALE, STARTER

Days = Annotated[int, Field(ge=0, le=365)]


class BillingSettings(SettingsGroup):
    """Prices are Stripe's ids: the first of each plan is sold, the others are known."""

    stripe_secret_key: str = ""
    stripe_webhook_secret: KeyList = ()
    stripe_api_base: HttpsUrl = "https://api.stripe.com"
    stripe_timeout: float = Field(8.0, gt=0, le=60)
    stripe_automatic_tax: bool = False

    stripe_price_starter: KeyList = ()
    stripe_price_growth: KeyList = ()
    stripe_price_scale: KeyList = ()
    stripe_price_metered_scan: str = ""
    stripe_meter_event: str = "pitchbar_scans"

    billing_default_paid_plan: str = STARTER
    billing_trial_days: Days = 14
    billing_grace_days: Days = 14
    billing_event_days: int = Field(30, ge=1, le=365)

    @property
    def is_configured(self) -> bool:
        return bool(self.stripe_secret_key)

    @property
    def meters_scans(self) -> bool:
        return self.is_configured and bool(self.stripe_price_metered_scan)

    @property
    def prices(self) -> dict[str, tuple[str, ...]]:
        """The ids of each paid plan."""
        return {
            STARTER: self.stripe_price_starter,
            GROWTH: self.stripe_price_growth,
            SCALE: self.stripe_price_scale,
        }

    def sold_price(self, plan: str) -> str:
        """Empty where the plan is not sold here."""
        return next(iter(self.prices.get(plan, ())), "")

    def plan_of_price(self, price_id: str) -> str | None:
        """None for a price that nobody named here."""
        return next((plan for plan, ids in self.prices.items() if price_id in ids), None)

    @field_validator("billing_default_paid_plan")
    @classmethod
    def _is_paid_plan(cls, value: str) -> str:
        if value not in PLANS or value == FREE:
            raise ValueError("must be one of " + ", ".join(key for key in PLANS if key != FREE))
        return value

    @field_validator("stripe_api_base")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")
