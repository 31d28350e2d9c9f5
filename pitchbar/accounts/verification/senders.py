"""For whom mail goes to addresses that somebody has typed."""

from pitchbar.accounts.errors import AddressNotProven
from pitchbar.accounts.queries import find_person
from pitchbar.events.actors import Actor
from pitchbar.settings import Settings


def require_proven_sender(by: Actor, settings: Settings) -> None:
    """Outside development only for people whose own address is known: else anybody could have
    Pitchbar write to strangers in any name.

    Raises:
        AddressNotProven
    """
    if settings.is_development or by.kind != "person" or by.id is None:
        return
    person = find_person(by.id)
    if person is not None and not person.is_proven:
        raise AddressNotProven(person.email)
