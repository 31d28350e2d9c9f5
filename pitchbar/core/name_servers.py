"""How settings name a server of the DNS: an address, perhaps with a port."""

import re

from pitchbar.core.hosts import parse_ip

_WITH_PORT = re.compile(
    r"(?P<v4>[0-9.]+):(?P<p4>\d{1,5})|\[(?P<v6>[0-9a-f:.]+)\](:(?P<p6>\d{1,5}))?"
)
_PORT = 53


def read_server(text: str) -> tuple[str, int]:
    """Address and port of 192.0.2.1, 192.0.2.1:5353, 2001:db8::1 or [2001:db8::1]:5353.

    Raises:
        ValueError: with the sentence for whoever wrote it.
    """
    found = _WITH_PORT.fullmatch(text)
    address, port = text, _PORT
    if found:
        address = found["v4"] or found["v6"]
        port = int(found["p4"] or found["p6"] or _PORT)
    if parse_ip(address) is None or not 0 < port < 65536:
        raise ValueError("must be addresses such as 192.0.2.1 or [2001:db8::1]:5353")
    return address, port
