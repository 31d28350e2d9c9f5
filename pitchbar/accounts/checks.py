from flask import current_app

from pitchbar.accounts.settings import AccountSettings
from pitchbar.clients.identity import IdentityError, make_identity_provider
from pitchbar.core.addresses import is_loopback
from pitchbar.core.checks import Check, Circumstances, Finding, failed, ok, skipped
from pitchbar.settings import current_settings


def look_at_google(_: Circumstances) -> Finding:
    settings = current_settings()
    own = settings[AccountSettings]
    if not own.has_google:
        return skipped("GOOGLE_CLIENT_ID is not set: people sign in with passwords alone.")
    redirect_uri = settings.app_url + current_app.url_map.bind("").build("google.callback")
    here = settings.own_host == "localhost" or is_loopback(settings.own_host)
    if not settings.uses_tls and not here:
        return failed(
            f"The redirect URI {redirect_uri} has no TLS, and Google takes none such.",
            "Set APP_URL to the https:// address of the installation.",
        )
    provider = make_identity_provider(
        own.google_client_id, own.google_client_secret, own.google_server_metadata_url
    )
    try:
        provider.require_client(redirect_uri)
    except IdentityError as error:
        return failed(
            f"Nobody can sign in with Google: {error}.",
            f"In Google's console, the client must have exactly {redirect_uri} among its "
            "authorised redirect URIs; compare GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET, too.",
        )
    return ok(f"The client is known, and may lead back to {redirect_uri}.")


CHECKS = (Check("oauth", "Sign-in with Google", "Outside services", look_at_google, 10),)
