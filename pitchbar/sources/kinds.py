"""What the kinds of sources are called, and what is said of them."""

from dataclasses import dataclass

from pitchbar.sources.models import FEED, FILE, SITE, SITEMAP, TEXT, URL


@dataclass(frozen=True, slots=True)
class KindWords:
    label: str
    icon: str
    hint: str


KIND_WORDS = {
    SITE: KindWords("Website", "globe", "All pages of a site, found by its sitemap and links"),
    URL: KindWords("Single page", "file-text", "One page, and nothing it links to"),
    SITEMAP: KindWords("Sitemap", "list-tree", "The pages that a sitemap lists"),
    FEED: KindWords("Feed", "rss", "The articles of an RSS or Atom feed"),
    FILE: KindWords("File", "upload", "PDF, Word, PowerPoint, Excel, CSV, EPUB, Markdown, HTML"),
    TEXT: KindWords("Text", "text", "Answers that you paste"),
}
# Of a page's state: what it is called in the log.
STATE_WORDS = {
    "queued": "Waits",
    "called": "Next",
    "read": "Read",
    "unchanged": "Unchanged",
    "skipped": "Left out",
    "missed": "Not reached",
}
GENERATION_WORDS = {
    "reading": "Being read",
    "indexing": "Going into the index",
    "held": "Waits for you",
    "active": "Answers now",
    "kept": "Answered before",
    "same": "Nothing had changed",
    "discarded": "Thrown away",
    "broken": "Could not be read",
}
