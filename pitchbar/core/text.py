"""Text as a database, a file system or a person can take it."""

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def storable(text: str) -> str:
    """With a sign in place of what PostgreSQL refuses: NUL, and halves of surrogate pairs."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def has_control_characters(text: str) -> bool:
    """What no keyboard types and PostgreSQL cannot store; line breaks and tabs are none."""
    return _CONTROL.search(text) is not None


def file_name(text: str) -> str:
    """Letters and digits of any script with hyphens between: "Spring menu, 2nd" as
    "spring-menu-2nd"; empty when there are none.
    """
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")[:80].rstrip("-")
