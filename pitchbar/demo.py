"""The demo workspace, as a small company would have it; each feature fills in its own part."""

from sqlalchemy import delete

from pitchbar.accounts.models import NO_PASSWORD, PersonSession
from pitchbar.accounts.passwords.hashing import verify_password
from pitchbar.accounts.queries import find_person_by_email
from pitchbar.accounts.services import create_person
from pitchbar.core import clock
from pitchbar.core.database import changed_rows
from pitchbar.errors import DomainError
from pitchbar.extensions import db
from pitchbar.features import all_features
from pitchbar.settings import current_settings
from pitchbar.workspaces.plans import GROWTH
from pitchbar.workspaces.queries import find_workspace
from pitchbar.workspaces.services import create_workspace

DEMO_SLUG = "demo"
DEMO_EMAIL = "demo@pitchbar.example"
DEMO_PASSWORD = "scan-and-see"  # noqa: S105  # printed at the start, for a local demo only


class DemoElsewhere(DomainError):
    def __init__(self) -> None:
        super().__init__(
            "The demo's password stands in the source, so it is made in development only. "
            "`pitchbar users create` makes an account of your own."
        )


def close_demo() -> bool:
    """Shuts the demo account of a database that was used in development before; True when there
    was one with its well-known password.
    """
    owner = find_person_by_email(DEMO_EMAIL)
    if owner is None or not verify_password(DEMO_PASSWORD, owner.password_hash):
        return False
    owner.password_hash = NO_PASSWORD
    changed_rows(db.session, delete(PersonSession).where(PersonSession.person_id == owner.id))
    db.session.commit()
    return True


def has_demo() -> bool:
    return find_workspace(DEMO_SLUG) is not None


def make_demo() -> str:
    """Makes the demo once; returns the sentence with its sign-in, or nothing if it was there.

    Raises:
        DemoElsewhere: outside development.
    """
    if not current_settings().is_development:
        raise DemoElsewhere
    if has_demo():
        return ""
    owner = find_person_by_email(DEMO_EMAIL) or create_person(
        email=DEMO_EMAIL, name="Demo Owner", password=DEMO_PASSWORD, is_proven=True
    )
    workspace = create_workspace(
        name="Harbour Kitchen",
        time_zone="Europe/London",
        owner=owner,
        slug=DEMO_SLUG,
        plan=GROWTH,
    )
    workspace.guide_closed_at = clock.now()
    for feature in all_features().values():
        if feature.make_demo:
            feature.make_demo(workspace, owner)
    db.session.commit()
    return f"Demo workspace made. Sign in as {DEMO_EMAIL} with {DEMO_PASSWORD}"
