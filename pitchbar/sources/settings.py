from pydantic import Field

from pitchbar.core.setting_types import SettingsGroup

_MEGABYTE = 1024 * 1024


class SourceSettings(SettingsGroup):
    sources_per_workspace: int = Field(250, ge=1)
    source_pages: int = Field(500, ge=1, le=100_000)
    source_text_characters: int = Field(200_000, ge=1)
    max_upload_bytes: int = Field(50 * _MEGABYTE, ge=1)
    # Jobs of one source that wait or run at a time: however many pages it has, others get theirs.
    source_pages_at_once: int = Field(4, ge=1, le=100)
    # A site may ask so often to come back later, for each page.
    source_releases: int = Field(20, ge=0)
    # A re-crawl that would empty a larger share of its pages, or add the same to it, is held.
    source_held_share: float = Field(0.2, gt=0, le=1)
    source_generations_kept: int = Field(5, ge=1)
    source_retries: int = Field(3, ge=0)
