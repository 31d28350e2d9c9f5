"""Arguments of a job: named, plain JSON, and small."""

import inspect
import json
from typing import Any

MAX_BYTES = 64 * 1024
_PLAIN = "text, number, true, false, None, or lists and text-keyed dicts of these"


class UnfitArgument(TypeError):
    """An argument cannot be kept in the ledger; the sentence names task and argument."""


def bind_arguments(
    task: str, signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """The call's arguments by name, checked. Raises UnfitArgument, or TypeError for a bad call."""
    try:
        named = signature.bind(*args, **kwargs).arguments
    except TypeError as error:
        raise TypeError(f"{task}: {error}") from None
    return check_arguments(task, dict(named))


def check_arguments(task: str, named: dict[str, Any]) -> dict[str, Any]:
    for name, value in named.items():
        _check_plain(task, name, value)
    size = len(json.dumps(named))
    if size > MAX_BYTES:
        largest = max(named, key=lambda name: len(json.dumps(named[name])))
        raise UnfitArgument(
            f"{task}: the arguments take {size} bytes, more than {MAX_BYTES}; "
            f"pass an id in place of {largest!r}."
        )
    return named


def _check_plain(task: str, name: str, value: Any) -> None:
    """A task must get just what was given, so what JSON would change is refused too."""
    try:
        same = _is_same(json.loads(json.dumps(value, allow_nan=False)), value)
    except (TypeError, ValueError, RecursionError):
        same = False
    if not same:
        raise UnfitArgument(
            f"{task}: the argument {name!r} is or holds a value that JSON does not keep "
            f"({type(value).__name__}); it must be {_PLAIN}."
        )


def _is_same(read: Any, given: Any) -> bool:
    if type(read) is not type(given):
        return False
    if isinstance(read, dict):
        return read.keys() == given.keys() and all(_is_same(read[k], given[k]) for k in read)
    if isinstance(read, list):
        return len(read) == len(given) and all(map(_is_same, read, given))
    return bool(read == given)
