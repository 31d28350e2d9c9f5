from typing import Annotated

from pydantic import Field

from pitchbar.core.setting_types import SettingsGroup

Price = Annotated[float, Field(ge=0, le=100_000)]


class ChatFigureSettings(SettingsGroup):
    # Of a million tokens that go to the model, and that come from it, in a currency of one's own;
    # 0 for none: then only tokens are told.
    llm_prompt_price: Price = 0.0
    llm_completion_price: Price = 0.0
    llm_price_currency: Annotated[str, Field(pattern=r"[A-Z]{3}")] = "USD"
