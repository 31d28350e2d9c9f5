from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field

from pitchbar.core.environment import SettingsError
from pitchbar.core.setting_types import SettingsGroup


def _is_web_address(value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("must start with http:// or https://")
    return value


Seconds = Annotated[float, Field(gt=0, le=600)]


class AnswerSettings(SettingsGroup):
    # Empty: answers are sentences of the sources, as they stand there.
    llm_base_url: Annotated[str, AfterValidator(_is_web_address)] = ""
    llm_api_key: str = ""
    llm_model: str = ""
    llm_connect_timeout: Seconds = 3.0
    llm_first_token_timeout: Seconds = 8.0
    llm_first_sentence_timeout: Seconds = 20.0
    llm_stall_timeout: Seconds = 10.0
    llm_timeout: Seconds = 60.0
    llm_max_tokens: Annotated[int, Field(ge=50, le=8_000)] = 700
    # Of a workspace and day, all that goes in and comes out; 0 for as many as it wants.
    llm_daily_tokens: Annotated[int, Field(ge=0)] = 0

    def with_defaults_in(self, data_dir: Path) -> Self:
        if self.llm_base_url and not self.llm_model:
            raise SettingsError("LLM_BASE_URL needs LLM_MODEL: which model to ask for.")
        if self.llm_api_key and not self.llm_base_url:
            raise SettingsError("LLM_API_KEY needs LLM_BASE_URL: where to ask with it.")
        return self
