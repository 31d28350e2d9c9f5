"""The queues of the product, in their only list. Each must have a worker."""

from enum import StrEnum


class Queue(StrEnum):
    INGESTION = "ingestion"
    ANALYTICS = "analytics"
    CRAWL = "crawl"
    INDEX = "index"
    DEFAULT = "default"


QUEUES = tuple(Queue)


def parse_queues(text: str) -> tuple[Queue, ...]:
    """Reads "crawl,index". Raises ValueError with a sentence that names the stranger."""
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for name in names:
        if name not in QUEUES:
            raise ValueError(f"There is no queue named {name}; there are {', '.join(QUEUES)}.")
    if not names:
        raise ValueError(f"Name at least one queue of {', '.join(QUEUES)}.")
    return tuple(map(Queue, names))
