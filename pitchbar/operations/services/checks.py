"""Tries outside services with what is in force, by the clients that the application uses."""

from pitchbar.accounts.settings import AccountSettings
from pitchbar.answers.fallbacks import why_quoted
from pitchbar.answers.settings import AnswerSettings
from pitchbar.billing.connecting import find_payments
from pitchbar.billing.settings import BillingSettings
from pitchbar.clients.embeddings import EmbeddingsUnavailable
from pitchbar.clients.embeddings_endpoint import EndpointEmbedder
from pitchbar.clients.identity import IdentityError, make_identity_provider
from pitchbar.clients.language_model import (
    Call,
    ChatMessage,
    ModelUnavailable,
    Waits,
    language_model,
)
from pitchbar.clients.mailer import MailError, SmtpMailer
from pitchbar.clients.payments_errors import PaymentsError
from pitchbar.mailing.settings import MailSettings
from pitchbar.retrieval.settings import RetrievalSettings
from pitchbar.settings import Settings

_WAITS = Waits(connect=3, first_token=8, between=5, whole=10)
_SECONDS = 8.0
# No customer has it: to hear that is all that is wanted.
_NOBODY = "cus_connectiontest0"


class NotSet(Exception):
    """There is nothing that could be tried."""


class CheckFailed(Exception):
    """Why it does not work, as the end of a sentence."""


def check_language_model(settings: Settings) -> str:
    own = settings[AnswerSettings]
    if not own.llm_base_url:
        raise NotSet
    model = language_model(own.llm_base_url, own.llm_model, own.llm_api_key)
    asked = [ChatMessage("user", "Say: ready")]
    try:
        said = "".join(model.stream(asked, Call(_WAITS), max_tokens=8)).strip()
    except ModelUnavailable as error:
        raise CheckFailed(why_quoted(error.kind)) from None
    return f"{own.llm_model} answered “{said[:40]}”."


def check_embeddings(settings: Settings) -> str:
    own = settings[RetrievalSettings]
    if not own.embeddings_url:
        raise NotSet
    embedder = EndpointEmbedder(
        own.embeddings_url, own.embeddings_model, own.embeddings_api_key, timeout=_SECONDS
    )
    try:
        return f"{own.embeddings_model} makes vectors of {embedder.size} numbers."
    except EmbeddingsUnavailable as error:
        raise CheckFailed(str(error)) from None


def check_payments(settings: Settings) -> str:
    payments, prices = find_payments(settings), settings[BillingSettings].prices
    if payments is None:
        raise NotSet
    sold = [ids[0] for ids in prices.values() if ids]
    try:
        payments.has_customer(_NOBODY)
        for price_id in sold:
            payments.read_price(price_id)
    except PaymentsError as error:
        raise CheckFailed(error.message.rstrip(".")) from None
    count = f"{len(sold)} price" if len(sold) == 1 else f"{len(sold)} prices"
    return f"Stripe takes the key, and knows {count} of the plans."


def check_identity(settings: Settings) -> str:
    own = settings[AccountSettings]
    if not own.has_google:
        raise NotSet
    provider = make_identity_provider(
        own.google_client_id, own.google_client_secret, own.google_server_metadata_url
    )
    try:
        provider.begin(f"{settings.app_url}/login/google/callback")
    except IdentityError:
        raise CheckFailed("Google cannot be reached") from None
    return "Google can be reached. Whether it takes the id shows at the first sign-in."


def check_mail(settings: Settings) -> str:
    own = settings[MailSettings]
    if not own.mail_url:
        raise NotSet
    try:
        SmtpMailer(own.mail_url, own.mail_from).require_answer()
    except MailError as error:
        raise CheckFailed(str(error)) from None
    return "The mail server lets us in."
