"""What is refused of a form of the page, in the visitor's language, at the field it is about."""

import time
from collections.abc import Callable, Collection, Mapping

from pitchbar.chat.errors import ConsentNeeded, EmptyMessage, MessageTooLong, TooManyStreams
from pitchbar.errors import DomainError
from pitchbar.extensions import limiter

# Makes sentences by field of the words of a language; `page` is for those of no field.
Refuse = Callable[[Mapping[str, str]], dict[str, str]]
# By field of the lead form, the name of the sentence that says what is wrong.
_LEAD = {"email": "emailWrong", "name": "tooLongField", "phone": "tooLongField"}
_QUESTION: tuple[tuple[type[DomainError], str], ...] = (
    (EmptyMessage, "empty"),
    (MessageTooLong, "tooLong"),
    (TooManyStreams, "busy"),
    (ConsentNeeded, "agreeFirst"),
)


class FormTooOld(DomainError):
    """Its token is none of ours, or has long expired."""

    def __init__(self) -> None:
        super().__init__("This page stood open for too long. Send it again.")


class InvalidLead(DomainError):
    """`wrong` are the names of its fields."""

    def __init__(self, wrong: Collection[str]) -> None:
        super().__init__("Something is wrong with it.", fields=dict.fromkeys(sorted(wrong), ""))


def refuse(error: DomainError) -> Refuse:
    for kind, name in _QUESTION:
        if isinstance(error, kind):
            return _saying({"text": name})
    if isinstance(error, FormTooOld):
        return _saying({"page": "expired"})
    fields = {name: _LEAD[name] for name in error.fields if name in _LEAD}
    return _saying(fields or {"page": "notOffered"})


def refuse_haste() -> Refuse:
    limit = limiter.current_limit
    seconds = max(1, int(limit.reset_at - time.time())) if limit else 60
    return lambda words: {"page": words["fast"].replace("{n}", str(seconds))}


def _saying(names: Mapping[str, str]) -> Refuse:
    return lambda words: {field: words[name] for field, name in names.items()}
