from typing import Annotated, Self

from pydantic import Field, model_validator

from pitchbar.core.setting_types import SettingsGroup
from pitchbar.reading.tokens import CHUNK_TOKENS, OVERLAP_TOKENS


class ReadingSettings(SettingsGroup):
    chunk_tokens: Annotated[int, Field(ge=50, le=4000)] = CHUNK_TOKENS
    chunk_overlap_tokens: Annotated[int, Field(ge=0)] = OVERLAP_TOKENS

    @model_validator(mode="after")
    def _overlap_is_a_part(self) -> Self:
        if self.chunk_overlap_tokens * 2 > self.chunk_tokens:
            raise ValueError("CHUNK_OVERLAP_TOKENS must be at most half of CHUNK_TOKENS")
        return self
