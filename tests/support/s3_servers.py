"""A server that speaks S3, in the process of the test."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests


@dataclass(frozen=True)
class Bucket:
    """`url` for STORAGE_URL; `environment` as every S3 client reads it."""

    url: str
    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": "a key",
            "AWS_SECRET_ACCESS_KEY": "a secret of tests",
            "AWS_REGION": "eu-central-1",
            "AWS_ENDPOINT": self.endpoint,
            "AWS_ALLOW_HTTP": "true",
        }

    def unfinished_uploads(self) -> int:
        listed = requests.get(f"{self.endpoint}/box?uploads", timeout=5)
        return listed.text.count("<Upload>")


@contextmanager
def s3_server() -> Iterator[Bucket]:
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    requests.put(f"{endpoint}/box", timeout=5)
    try:
        yield Bucket("s3://box/kept", endpoint)
    finally:
        server.stop()
