"""Which certificates are believed, read once for all the requests of a test run.

httpx reads and parses the whole list for each client, which takes fifty milliseconds: a test that
waits for its server to answer took that from the very server, again and again.
"""

import os
import ssl
from typing import Any

import certifi
import httpx
from httpx._transports import default


def share_trusted_certificates() -> None:
    load = httpx.create_ssl_context
    known: dict[tuple[Any, ...], ssl.SSLContext] = {}

    def load_once(verify: Any = True, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
        if cert is not None or not isinstance(verify, bool):
            return load(verify=verify, cert=cert, trust_env=trust_env)
        files = (os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"), certifi.where())
        key = (verify, trust_env, files)
        if key not in known:
            known[key] = load(verify=verify, trust_env=trust_env)
        return known[key]

    vars(default)["create_ssl_context"] = load_once
