"""What the forms of the page send."""

from uuid import UUID

from flask import request
from pydantic import ValidationError

from pitchbar.api.errors import InvalidPayload
from pitchbar.chat.services import plain_email
from pitchbar.chat.visitor_payloads import NewLead
from pitchbar.hosted.refusing import InvalidLead

_FIELDS = ("email", "name", "phone")


def typed_lead() -> NewLead:
    """Raises InvalidLead, with all that is wrong with it."""
    typed = {name: request.form.get(name, "") for name in _FIELDS}
    wrong: set[str] = set()
    try:
        plain_email(typed["email"].strip())
    except InvalidPayload:
        wrong.add("email")
    try:
        sent = NewLead.model_validate(typed)
    except ValidationError as error:
        wrong |= {str(one["loc"][0]) for one in error.errors() if one["loc"]}
        raise InvalidLead(wrong) from None
    if wrong:
        raise InvalidLead(wrong)
    return sent


def read_id(text: str) -> UUID | None:
    try:
        return UUID(text[:40])
    except ValueError:
        return None
