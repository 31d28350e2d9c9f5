"""The signed link of an invitation. It can be made again at any time, so that it can be copied;
whether it still counts is asked of the invitation, not of the link.
"""

from itsdangerous import BadSignature, URLSafeSerializer

from pitchbar.settings import Settings
from pitchbar.workspaces.models import Invitation


def invitation_link(invitation: Invitation, settings: Settings) -> str:
    return f"{settings.app_url}/invitations/{invitation_token(invitation, settings)}"


def invitation_token(invitation: Invitation, settings: Settings) -> str:
    token = _signer(settings).dumps([invitation.id, invitation.key])
    return token if isinstance(token, str) else token.decode()


def read_invitation_token(token: str, settings: Settings) -> tuple[int, str] | None:
    """Id and key of the invitation; None for a link that we did not make."""
    try:
        invitation_id, key = _signer(settings).loads(token)
    except (BadSignature, TypeError, ValueError):
        return None
    return int(invitation_id), str(key)


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.app_key, salt="invitation")
