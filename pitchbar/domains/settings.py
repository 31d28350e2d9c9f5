from pydantic import field_validator

from pitchbar.core.hosts import is_host
from pitchbar.core.name_servers import read_server
from pitchbar.core.setting_types import NameList, Rate, SettingsGroup


class DomainSettings(SettingsGroup):
    edge_hosts: NameList = ()
    dns_resolvers: NameList = ()
    ratelimit_domain_check: Rate = "6/minute"
    ratelimit_tls_ask: Rate = "1200/minute"

    @field_validator("edge_hosts")
    @classmethod
    def _are_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        names = tuple(one.rstrip(".") for one in value)
        if not all(is_host(name) for name in names):
            raise ValueError("must be names such as links.pitchbar.example, separated by commas")
        return names

    @field_validator("dns_resolvers")
    @classmethod
    def _are_servers(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            read_server(one)
        return value
