"""A name server on this machine, as well or badly behaved as a test wants it to be.

It answers over UDP and TCP on one port. A name that nobody told it of does not exist.
"""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from dnslib import AAAA, CNAME, QTYPE, RCODE, RR, TXT, A, DNSQuestion, DNSRecord

Manner = Literal["silent", "servfail", "refused", "nonsense", "wrong id", "other name"]
_DATA = {"TXT": TXT, "A": A, "AAAA": AAAA, "CNAME": CNAME}
_LARGEST_PACKET = 1232
_MANY = 100


class FakeDns:
    """Attributes:
    records: what there is, by name and type.
    manners: names that are answered badly, or not at all.
    asked: each question, as (name, type, "udp" or "tcp").
    """

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = {}
        self.manners: dict[str, Manner] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.address = ""

    def set(self, name: str, kind: str, *values: str) -> None:
        self.records[name, kind] = list(values)

    def answer(self, packet: bytes, protocol: str) -> bytes | None:
        question = DNSRecord.parse(packet)
        name, kind = str(question.q.qname).rstrip(".").lower(), QTYPE[question.q.qtype]
        self.asked.append((name, kind, protocol))
        manner = self.manners.get(name, "")
        if manner == "silent":
            return None
        if manner == "nonsense":
            return b"\x00" * 5
        reply = question.reply()
        if manner in ("servfail", "refused"):
            reply.header.rcode = getattr(RCODE, manner.upper())
        elif manner == "wrong id":
            reply.header.id = question.header.id ^ 1
            self._fill(reply, name, kind)
        elif manner == "other name":
            reply.questions = [DNSQuestion("other.example", question.q.qtype)]
            self._fill(reply, "other.example", kind)
        else:
            self._fill(reply, name, kind)
        return self._pack(reply, protocol)

    def _fill(self, reply: Any, name: str, kind: str) -> None:
        if not any(known == name for known, _ in self.records):
            reply.header.rcode = RCODE.NXDOMAIN
            return
        alias = self.records.get((name, "CNAME"))
        if alias and kind != "CNAME":
            reply.add_answer(RR(name, QTYPE.CNAME, rdata=CNAME(alias[0]), ttl=1))
            name = alias[0]
        values = self.records.get((name, kind), [])
        if len(values) > _MANY:
            # The library would take seconds to write them.
            reply.header.a = len(values)
            return
        for value in values:
            data = [value[at : at + 255] for at in range(0, len(value) or 1, 255)]
            rdata = _DATA[kind](data if kind == "TXT" else value)
            reply.add_answer(RR(name, getattr(QTYPE, kind), rdata=rdata, ttl=1))

    def _pack(self, reply: Any, protocol: str) -> bytes:
        many = reply.header.a if not reply.rr else 0
        if many and protocol == "udp":
            reply.header.tc, reply.header.a = 1, 0
        packed: bytes = reply.pack()
        if many and protocol == "tcp":
            name = str(reply.q.qname).rstrip(".").lower()
            packed = packed[:6] + struct.pack("!H", many) + packed[8:]
            packed += b"".join(map(_pack_text, self.records[name, "TXT"]))
        if protocol == "udp" and len(packed) > _LARGEST_PACKET:
            packed = reply.truncate().pack()
        return packed


def _pack_text(value: str) -> bytes:
    """A TXT record of the name that was asked for (RFC 1035, 4.1.4)."""
    data = bytes([len(value)]) + value.encode()
    return struct.pack("!HHHIH", 0xC00C, QTYPE.TXT, 1, 1, len(data)) + data


def _bind_both(
    udp: type[socketserver.BaseRequestHandler], tcp: type[socketserver.BaseRequestHandler]
) -> tuple[socketserver.ThreadingUDPServer, socketserver.ThreadingTCPServer]:
    """On one port, which may be free for the one and taken for the other."""
    while True:
        first = socketserver.ThreadingUDPServer(("127.0.0.1", 0), udp)
        try:
            return first, socketserver.ThreadingTCPServer(first.server_address, tcp)
        except OSError:
            first.server_close()


@contextmanager
def dns_server() -> Iterator[FakeDns]:
    """Runs until the block ends."""
    dns = FakeDns()

    class Udp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            packet, connection = self.request
            reply = dns.answer(packet, "udp")
            if reply is not None:
                connection.sendto(reply, self.client_address)

    class Tcp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            (length,) = struct.unpack("!H", self.request.recv(2))
            reply = dns.answer(self.request.recv(length), "tcp")
            if reply is not None:
                self.request.sendall(struct.pack("!H", len(reply)) + reply)

    udp, tcp = _bind_both(Udp, Tcp)
    with udp, tcp:
        dns.address = f"127.0.0.1:{udp.server_address[1]}"
        threads = [threading.Thread(target=one.serve_forever, args=(0.02,)) for one in (udp, tcp)]
        for thread in threads:
            thread.start()
        yield dns
        for server in (udp, tcp):
            server.shutdown()
        for thread in threads:
            thread.join()
