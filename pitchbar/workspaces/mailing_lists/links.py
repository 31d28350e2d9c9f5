"""The signed link by which an address leaves a list, without signing in."""

from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer

from pitchbar.settings import Settings


@dataclass(frozen=True)
class Subscription:
    """One address on one list of a workspace."""

    workspace_id: int
    email: str
    list_key: str


def unsubscribe_link(subscription: Subscription, settings: Settings) -> str:
    return f"{settings.app_url}/unsubscribe/{unsubscribe_token(subscription, settings)}"


def unsubscribe_token(subscription: Subscription, settings: Settings) -> str:
    parts = [subscription.workspace_id, subscription.email, subscription.list_key]
    token = _signer(settings).dumps(parts)
    return token if isinstance(token, str) else token.decode()


def read_unsubscribe_token(token: str, settings: Settings) -> Subscription | None:
    """None for a link that we did not make."""
    try:
        workspace_id, email, list_key = _signer(settings).loads(token)
    except (BadSignature, TypeError, ValueError):
        return None
    return Subscription(int(workspace_id), str(email), str(list_key))


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.signing_keys, salt="unsubscribe")
