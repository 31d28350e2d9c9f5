"""The queues of the product, in one list. Each must have a worker."""

INGESTION = "ingestion"
ANALYTICS = "analytics"
CRAWL = "crawl"
INDEX = "index"
DEFAULT = "default"

QUEUES = (INGESTION, ANALYTICS, CRAWL, INDEX, DEFAULT)


def parse_queues(text: str) -> tuple[str, ...]:
    """Reads "crawl,index". Raises ValueError with a sentence that names the stranger."""
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for name in names:
        if name not in QUEUES:
            raise ValueError(f"There is no queue named {name}; there are {', '.join(QUEUES)}.")
    if not names:
        raise ValueError(f"Name at least one queue of {', '.join(QUEUES)}.")
    return names
