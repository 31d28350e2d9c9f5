import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, field_validator

from pitchbar.core.setting_types import SettingsGroup

_PAIR = re.compile(r"[!-+\--<>-~]+=[!-+\--~]+")


def _is_collector(value: str) -> str:
    # Of a service that the operator runs, often beside this one, without TLS.
    if value and not re.fullmatch(r"https?://[^/\s]\S*", value):
        raise ValueError("must start with http:// or https://, such as http://127.0.0.1:4318")
    return value.rstrip("/")


class ObservabilitySettings(SettingsGroup):
    # Empty: JSON outside development.
    log_format: Literal["", "json", "text"] = ""
    sentry_dsn: str = ""
    otel_exporter_otlp_endpoint: Annotated[str, AfterValidator(_is_collector)] = ""
    otel_exporter_otlp_headers: str = ""
    otel_traces_sampler_arg: Annotated[float, Field(ge=0, le=1)] = 1.0

    def writes_json(self, *, is_development: bool) -> bool:
        return self.log_format == "json" or (not self.log_format and not is_development)

    @field_validator("sentry_dsn")
    @classmethod
    def _is_dsn(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        fits = parts.scheme in ("http", "https") and parts.username and parts.hostname
        if not fits or not re.fullmatch(r"(/[\w.-]+)*/\d+", parts.path):
            raise ValueError("must look like https://key@host/1, as Sentry shows it")
        return value

    @field_validator("otel_exporter_otlp_headers")
    @classmethod
    def _are_headers(cls, value: str) -> str:
        if not all(_PAIR.fullmatch(one.strip()) for one in value.split(",") if one.strip()):
            raise ValueError("must be pairs such as api-key=…, separated by commas")
        return value

    @property
    def otlp_headers(self) -> dict[str, str]:
        pairs = (one.strip().partition("=") for one in self.otel_exporter_otlp_headers.split(","))
        return {name.lower(): value for name, _, value in pairs if name}
