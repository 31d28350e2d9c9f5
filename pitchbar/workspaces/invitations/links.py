"""The signed links of an invitation: one that is mailed, and one that can be copied.

Each can be made again at any time; whether it still counts is asked of the invitation, not of the
link. They are signed for different purposes, as the mailed one also proves that whoever opens it
owns the address, and whoever invites must not be able to make it.
"""

from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer

from pitchbar.settings import Settings
from pitchbar.workspaces.models import Invitation

_COPIED, _MAILED = "invitation", "invitation-by-mail"


@dataclass(frozen=True)
class InvitationLink:
    invitation_id: int
    key: str
    was_mailed: bool


def invitation_link(invitation: Invitation, settings: Settings, *, mailed: bool = False) -> str:
    token = invitation_token(invitation, settings, mailed=mailed)
    return f"{settings.app_url}/invitations/{token}"


def invitation_token(invitation: Invitation, settings: Settings, *, mailed: bool = False) -> str:
    token = _signer(settings, mailed).dumps([invitation.id, invitation.key])
    return token if isinstance(token, str) else token.decode()


def read_invitation_token(token: str, settings: Settings) -> InvitationLink | None:
    """None for a link that we did not make."""
    for mailed in (True, False):
        try:
            invitation_id, key = _signer(settings, mailed).loads(token)
        except (BadSignature, TypeError, ValueError):
            continue
        return InvitationLink(int(invitation_id), str(key), mailed)
    return None


def _signer(settings: Settings, mailed: bool) -> URLSafeSerializer:
    return URLSafeSerializer(settings.signing_keys, salt=_MAILED if mailed else _COPIED)
