import re
from typing import Annotated

from pydantic import AfterValidator

from pitchbar.core import hosts
from pitchbar.core.setting_types import NameList, SettingsGroup

_PAIR = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^\[\]:\s]+)):(\d{1,5})")


def _are_pairs(pairs: tuple[str, ...]) -> tuple[str, ...]:
    for pair in pairs:
        match = _PAIR.fullmatch(pair)
        host = match and (match[1] or match[2])
        if not match or not hosts.is_host(host or "") or not 0 < int(match[3]) < 65536:
            raise ValueError("must be pairs of host and port such as 127.0.0.1:9000, or [::1]:9000")
    return pairs


class OutboundSettings(SettingsGroup):
    outbound_allow: Annotated[NameList, AfterValidator(_are_pairs)] = ()

    refused_in_production = ("outbound_allow",)

    @property
    def allowed(self) -> frozenset[str]:
        """What `send` takes: pairs that are asked although they are not public."""
        return frozenset(self.outbound_allow)
