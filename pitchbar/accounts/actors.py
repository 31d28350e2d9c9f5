"""Who acts in a request, as events name them."""

from flask import g, request
from flask_login import current_user

from pitchbar.accounts.models import Person
from pitchbar.events.actors import Actor


def current_actor(person: Person | None = None) -> Actor:
    """The program whose token the request carries, else the person who is signed in; `person` is
    for acts before a session has begun.
    """
    where = (request.remote_addr or "", request.user_agent.string)
    token = g.get("token")  # set by the door for programs
    if person is None and token is not None:
        return Actor("token", token.id, token.name, *where)
    who = person or current_user
    return Actor("person", who.id, who.name, *where)
