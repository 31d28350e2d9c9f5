"""Who somebody is, by the word of an OpenID Connect provider (Google).

The flow is the authorization code with PKCE. What `begin` returns must come back to `finish`
together with what the provider sent: keep it in the session of the browser.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import BaseApp, OAuth2Mixin, OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session
from requests import RequestException
from requests import get as http_get

_TIMEOUT_SECONDS = 8


class IdentityError(Exception):
    """The provider did not vouch for anybody; the text is for the log."""


class Refused(IdentityError):
    """The person, or the provider on their behalf, said no."""


class UnverifiedEmail(IdentityError):
    """The provider has not seen that the address belongs to the person."""


@dataclass(frozen=True)
class Claims:
    """`subject` is the provider's own id of the account; the address was verified there."""

    subject: str
    email: str
    name: str


class IdentityProvider(Protocol):
    def begin(self, redirect_uri: str) -> tuple[str, dict[str, str]]:
        """The address to send the browser to, and what to keep. Raises IdentityError."""

    def finish(self, answer: Mapping[str, str], kept: Mapping[str, str]) -> Claims:
        """Reads the provider's answer. Raises IdentityError."""

    def require_client(self, redirect_uri: str) -> None:
        """Asks for the page on which a person would sign in. Raises IdentityError where the
        provider does not know the client, or leads to no such address.
        """


@lru_cache(maxsize=4)
def make_identity_provider(
    client_id: str, client_secret: str, metadata_url: str
) -> IdentityProvider:
    """One per process, so that the provider's metadata and keys are fetched once."""
    return OpenIdProvider(client_id, client_secret, metadata_url)


class _App(OAuth2Mixin, OpenIDMixin, BaseApp):  # type: ignore[misc]  # authlib has no types
    client_cls = OAuth2Session


class OpenIdProvider:
    def __init__(self, client_id: str, client_secret: str, metadata_url: str) -> None:
        self._client_id = client_id
        self._app = _App(
            None,
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=metadata_url,
            client_kwargs={
                "scope": "openid email profile",
                "code_challenge_method": "S256",
                "default_timeout": _TIMEOUT_SECONDS,
            },
        )

    def begin(self, redirect_uri: str) -> tuple[str, dict[str, str]]:
        try:
            made = self._app.create_authorization_url(redirect_uri, prompt="select_account")
        except (RequestException, AuthlibBaseError, RuntimeError, ValueError) as error:
            raise IdentityError(f"the provider cannot be reached: {error}") from error
        kept = {name: made[name] for name in ("state", "nonce", "code_verifier")}
        return made["url"], {**kept, "redirect_uri": redirect_uri}

    def finish(self, answer: Mapping[str, str], kept: Mapping[str, str]) -> Claims:
        if not hmac.compare_digest(answer.get("state", "").encode(), kept["state"].encode()):
            raise IdentityError("the state is not the one that was sent")
        if answer.get("error"):
            raise Refused(answer["error"])
        if not answer.get("code"):
            raise IdentityError("the answer holds no code")
        return _claims(self._fetch(answer["code"], kept))

    def require_client(self, redirect_uri: str) -> None:
        url, _ = self.begin(redirect_uri)
        try:
            answer = http_get(url, allow_redirects=False, timeout=_TIMEOUT_SECONDS)
        except RequestException as error:
            raise IdentityError(f"the provider cannot be reached: {error}") from error
        led_to = urlsplit(answer.headers.get("Location", ""))
        error_named = parse_qs(led_to.query).get("error", [""])[0]
        if answer.status_code >= 400:
            raise IdentityError(f"the provider answers {answer.status_code}")
        # Google shows its own page of errors, whose query is for its own eyes.
        if error_named or led_to.path.rstrip("/").endswith("/error"):
            raise IdentityError(f"the provider refuses it ({error_named or 'without a reason'})")

    def _fetch(self, code: str, kept: Mapping[str, str]) -> Mapping[str, Any]:
        """The claims of the ID token, whose signature, issuer, audience, nonce and time hold."""
        try:
            token = self._app.fetch_access_token(
                kept["redirect_uri"], code=code, code_verifier=kept["code_verifier"]
            )
            issuer = self._app.load_server_metadata()["issuer"]
            claims: Mapping[str, Any] | None = self._app.parse_id_token(
                token,
                nonce=kept["nonce"],
                claims_options={
                    "iss": {"essential": True, "value": issuer},
                    "aud": {"essential": True, "value": self._client_id},
                },
            )
        # The library's errors have no common base: those of HTTP, of OAuth, and of the token.
        except Exception as error:
            raise IdentityError(f"the provider's answer does not hold: {error!r}") from error
        if claims is None:
            raise IdentityError("the answer holds no ID token")
        return claims


def _claims(claims: Mapping[str, Any]) -> Claims:
    email = str(claims.get("email") or "")
    if "@" not in email or len(email) > 254 or claims.get("email_verified") not in (True, "true"):
        raise UnverifiedEmail(str(claims["sub"]))
    return Claims(str(claims["sub"])[:255], email, str(claims.get("name") or ""))
