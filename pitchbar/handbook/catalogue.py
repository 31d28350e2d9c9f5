"""Which documents of `docs/` are served, in the order in which one reads them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Chapter:
    """Documents that belong together.

    Attributes:
        names: of files in `docs/`, without their ending.
    """

    title: str
    names: tuple[str, ...]


CHAPTERS = (
    Chapter("Using it", ("guide", "concepts", "widget", "api", "webhooks", "privacy")),
    Chapter("Running it", ("install", "settings", "operations", "scaling")),
    Chapter("Building it", ("architecture", "adding-a-feature", "decisions")),
)
NAMES = tuple(name for chapter in CHAPTERS for name in chapter.names)
