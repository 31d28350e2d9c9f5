"""Which settings operators change in the application, by the outside service that they are of."""

from collections.abc import Callable
from dataclasses import dataclass

from pitchbar.operations.services import checks
from pitchbar.settings import Settings

AT_ONCE = "Takes effect in all processes within five seconds."
AT_START = "Takes effect when web, workers and scheduler are started again."


@dataclass(frozen=True)
class Entry:
    """One setting. What is secret is never shown again, but for its last four characters."""

    name: str
    label: str
    hint: str = ""
    is_secret: bool = False

    @property
    def variable(self) -> str:
        return self.name.upper()


@dataclass(frozen=True)
class Service:
    """`check` tries it with what is in force, and says in a sentence what it found."""

    key: str
    title: str
    about: str
    entries: tuple[Entry, ...]
    effect: str = AT_ONCE
    check: Callable[[Settings], str] | None = None

    @property
    def secret_names(self) -> frozenset[str]:
        return frozenset(one.name for one in self.entries if one.is_secret)


def _secret(name: str, label: str, hint: str = "") -> Entry:
    return Entry(name, label, hint, is_secret=True)


SERVICES = (
    Service(
        "language-model",
        "Language model",
        "Writes answers. Without one, answers are sentences of the sources.",
        (
            Entry("llm_base_url", "Address", "Of any endpoint that speaks as that of OpenAI does."),
            Entry("llm_model", "Model"),
            _secret("llm_api_key", "Key"),
        ),
        check=checks.check_language_model,
    ),
    Service(
        "embeddings",
        "Embeddings",
        "Finds passages by meaning. Without an address, the packaged model does.",
        (
            Entry("embeddings_url", "Address"),
            Entry("embeddings_model", "Model", "Another model builds its index anew."),
            _secret("embeddings_api_key", "Key"),
        ),
        check=checks.check_embeddings,
    ),
    Service(
        "reranker",
        "Reranker",
        "Has the last word on which passages fit best.",
        (
            Entry("reranker_url", "Address"),
            Entry("reranker_model", "Model"),
            _secret("reranker_api_key", "Key"),
        ),
    ),
    Service(
        "qdrant",
        "Qdrant",
        "Holds the index for several machines. A new one is filled by pitchbar rebuild-vectors.",
        (Entry("qdrant_url", "Address"), _secret("qdrant_api_key", "Key")),
    ),
    Service(
        "stripe",
        "Stripe",
        "Takes payments for plans.",
        (
            _secret("stripe_secret_key", "Secret key"),
            _secret(
                "stripe_webhook_secret",
                "Webhook secret",
                "While rotating: the new one, the old one.",
            ),
            Entry(
                "stripe_price_starter",
                "Price of Starter",
                "Ids such as price_…, the one that is sold first.",
            ),
            Entry("stripe_price_growth", "Price of Growth"),
            Entry("stripe_price_scale", "Price of Scale"),
            Entry("stripe_price_metered_scan", "Price of scans beyond a plan"),
            Entry("stripe_meter_event", "Name of the event of the meter"),
        ),
        check=checks.check_payments,
    ),
    Service(
        "google",
        "Google sign-in",
        "Lets people sign in with their Google account.",
        (Entry("google_client_id", "Client id"), _secret("google_client_secret", "Client secret")),
        check=checks.check_identity,
    ),
    Service(
        "mail",
        "Mail",
        "Sends invitations, links and alerts. Without a server, messages stay in a folder.",
        (
            _secret("mail_url", "Server", "smtp://user:password@host:587, or smtps://…:465."),
            Entry("mail_from", "Sender", "Such as Pitchbar <mail@pitchbar.example>."),
        ),
        check=checks.check_mail,
    ),
    Service(
        "browser",
        "Drawing of pages",
        "Reads pages that only JavaScript writes.",
        (Entry("browser_render_url", "Address"),),
    ),
    Service(
        "sentry",
        "Sentry",
        "Gets errors, without bodies, cookies and tokens. The edge reads its environment alone.",
        (_secret("sentry_dsn", "DSN"),),
        effect=AT_START,
    ),
    Service(
        "opentelemetry",
        "OpenTelemetry",
        "Gets spans of requests and jobs. The edge reads its environment alone.",
        (
            Entry(
                "otel_exporter_otlp_endpoint",
                "Collector",
                "OTLP over HTTP, such as http://127.0.0.1:4318.",
            ),
            _secret(
                "otel_exporter_otlp_headers", "Headers", "Such as api-key=…, separated by commas."
            ),
        ),
        effect=AT_START,
    ),
)

ENVIRONMENT_ALONE = {
    "app_key": "encrypts what is stored here",
    "app_key_previous": "opens what is stored here",
    "database_url": "leads to what is stored here",
    "redis_url": "every process needs it to start",
    "backup_url": "commands read it, with a bucket's keys, where the application is away",
    "storage_url": "read at the start by all processes, and files move with it",
    "clickhouse_url": "read at the start by all processes",
    "realtime_url": "where processes are, not a service",
    "app_url": "the address of this installation",
    "source_url": "a link on pages, and no key",
    "widget_url": "where files of ours are, not a service",
    "security_policy_url": "a link on pages, and no key",
    "stripe_api_base": "another address is for tests",
    "google_server_metadata_url": "another address is for tests",
    "cloudflare_api_base": "another address is for tests",
    "cloudflare_api_token": "used by one command, which reads its environment",
    "internal_queue_token": "ours: whoever runs the clock outside has it, too",
    "metrics_token": "ours: whoever scrapes has it, too",
    "attribution_old_keys": "keys of before, as APP_KEY_PREVIOUS",
    "widget_old_keys": "keys of before, as APP_KEY_PREVIOUS",
}
"""Settings that look as if they were a service's, and why they are not on the page."""


def find_service(key: str) -> Service | None:
    return next((one for one in SERVICES if one.key == key), None)
