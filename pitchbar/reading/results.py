from dataclasses import dataclass


@dataclass(frozen=True)
class ReadText:
    """What a page or file says.

    Args:
        gate: why it is not worth indexing, a word of `GATES`; empty when it is.
        language: ISO 639-1; empty when it cannot be told.
        characters_in: of the whole, markup and all; `characters_kept`: of the Markdown.
        canonical: the address a page gives as its own, whole; empty without one.
        notes: sentences for whoever added it, such as how many pages of a PDF hold no text.
    """

    title: str
    markdown: str
    language: str
    characters_in: int
    characters_kept: int
    gate: str = ""
    canonical: str = ""
    notes: tuple[str, ...] = ()


class Unreadable(Exception):
    """A file that cannot be read. As text: a sentence for whoever uploaded it.

    Args:
        kind: encrypted, scanned, broken, unknown, too_large, bomb, slow or empty.
    """

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind
