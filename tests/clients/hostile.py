"""What people try who want a server to ask its own network, and what must still be reached."""

from ipaddress import IPv4Address

_INNER_V4 = (
    *("0.0.0.0", "0.0.0.1", "0.255.255.255"),
    *("10.0.0.1", "10.255.255.254", "10.96.0.1"),
    *("100.64.0.1", "100.100.100.200", "100.127.255.254"),
    *("127.0.0.1", "127.0.0.53", "127.1.1.1", "127.255.255.254"),
    *("168.63.129.16", "169.254.169.254", "169.254.170.2", "169.254.0.1"),
    *("172.16.0.1", "172.17.0.1", "172.31.255.254"),
    *("192.0.0.1", "192.0.0.8", "192.0.0.170", "192.0.0.192"),
    *("192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.254"),
    *("198.18.0.1", "198.19.255.254", "198.51.100.1", "203.0.113.1"),
    *("224.0.0.1", "224.0.0.251", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
)
_INNER_V6 = (
    *("::", "::1", "::2", "::7f00:1", "::127.0.0.1", "::ffff:0:127.0.0.1"),
    *("fe80::1", "febf::1", "fec0::1", "fc00::1", "fd00:ec2::254", "fd20:ce::254"),
    *("ff02::1", "ff0e::1", "100::1", "5f00::1", "4000::1", "2001:db8::1", "3fff::1"),
    *("2001::1", "2001:0:7f00:1::", "2001:2::1", "2001:10::1", "2001:20::1"),
    *("64:ff9b:1::1", "64:ff9b:1:fffe::7f00:1"),
    *("2600:1f18::5efe:127.0.0.1", "2600:1f18::200:5efe:10.0.0.1"),
)


def _carried(v4: str) -> list[str]:
    """An IPv4 address as forms of IPv6 carry it: mapped, compatible, 6to4, NAT64, Teredo."""
    number = int(IPv4Address(v4))
    high, low = number >> 16, number & 0xFFFF
    return [
        f"::ffff:{v4}",
        f"::ffff:{high:x}:{low:x}",
        f"::{v4}",
        f"2002:{high:x}:{low:x}::1",
        f"64:ff9b::{v4}",
        f"2001:0:{high:x}:{low:x}::1",
        f"2001:0:4136:e378:8000:63bf:{high ^ 0xFFFF:x}:{low ^ 0xFFFF:x}",
    ]


_CARRIED = [form for v4 in ("127.0.0.1", "10.0.0.1", "169.254.169.254") for form in _carried(v4)]
# Also those that carry a public one: who knows what stands between.
_CARRIED += _carried("93.184.215.14")

ADDRESSES = list(dict.fromkeys([*_INNER_V4, *_INNER_V6, *_CARRIED]))


def _spelled(v4: str) -> list[str]:
    """An address as libraries of C, and browsers, read it."""
    number = int(IPv4Address(v4))
    parts = [number >> shift & 255 for shift in (24, 16, 8, 0)]
    a, b, c, d = parts
    return [
        str(number),
        hex(number),
        f"0X{number:X}",
        f"0{number:o}",
        f"0x{number:016x}",
        ".".join(hex(part) for part in parts),
        ".".join(f"0{part:o}" for part in parts),
        ".".join(f"{part:08o}" for part in parts),
        f"{a}.{number & 0xFFFFFF}",
        f"{a}.{b}.{c << 8 | d}",
        f"0x{a:x}.0{b:o}.{c << 8 | d}",
        f"{v4}.",
        v4.replace(".", "%2e"),
        v4.replace(".", "\u3002"),
        v4.replace(".", "\uff0e"),
        "".join(chr(0xFF10 + int(char)) if char.isdigit() else char for char in v4),
        "".join(f"%{ord(char):02x}" for char in v4),
        f"[::ffff:{v4}]",
        f"[0:0:0:0:0:ffff:{v4}]",
    ]


_NAMES = (
    *("localhost", "LOCALHOST", "localhost.", "foo.localhost", "localhost.localdomain"),
    *("local", "printer.local", "printer.LOCAL.", "metadata.google.internal", "metadata"),
    *("kubernetes.default.svc.cluster.local", "host.docker.internal", "intranet", "wiki.corp"),
    *("router.lan", "nas.home", "nas.home.arpa", "x.intranet", "app.test", "y.private", "redis"),
    *("postgres", "db.invalid", "expyuzz4wqqyqhjn.onion", "\uff4cocalhost", "loc%61lhost"),
    *(
        "\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3",
        "foo.\u24db\u24de\u24d2\u24d0\u24db",
    ),
    *("printer.local\u3002", "a..example.com", ".example.com", "example..com", "ex ample.com"),
    *("1.2.3.4.5", "256.256.256.256", "1.2.3.0x", "0x7f.0.0.0.1", "127.0.0.1.com:99999"),
    *("[::1", "::1]", "[::1]x", "[fe80::1%25eth0]", "[fe80::1%eth0]", "[v1.fe80::a]", "[]", "[1]"),
    *("xn--", "xn--a", "\u202elocalhost", "a\u200bb.local", "x" * 64 + ".com", "a." * 127 + "com"),
)
_SCHEMES = (
    *(
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_INFO",
        "dict://a:11211/",
    ),
    *("javascript:alert(1)", "data:text/html,hi", "ldap://example.com", "unix:///run/docker.sock"),
    *(
        "//example.com/",
        "/etc/passwd",
        "example.com",
        "",
        "http:",
        "http://",
        "http:///",
        "https:///x",
    ),
    *(
        "http:example.com",
        "http:/example.com",
        "http:\\\\example.com",
        "ws://example.com",
        "jar:http://a!/",
    ),
    *("http://?", "http://#x", "http:////example.com", "blob:http://example.com/1", "about:blank"),
)
_CREDENTIALS = (
    *("http://user@example.com/", "http://user:secret@example.com/", "http://:@example.com/"),
    *("http://@example.com/", "http://example.com@127.0.0.1/", "http://127.0.0.1@example.com/"),
    *("http://example.com%40@127.0.0.1/", "http://a:b@c:d@example.com/", "http://a@b@example.com"),
)
_SPLIT = (
    *(
        "http://example.com\\@127.0.0.1/",
        "http://127.0.0.1\\.example.com/",
        "http://exam\tple.com/",
    ),
    *(
        "http://example.com/\r\nHost: inner",
        "http://exam\nple.com/",
        "http://example.com /",
        " http://a.com",
    ),
    *(
        "http://127.0.0.1:80\\@example.com/",
        "http://example.com\x00.local/",
        "http://example.com/\x7f",
    ),
    *(
        "http://example.com:0/",
        "http://example.com:65536/",
        "http://example.com:-1/",
        "http://example.com:x/",
    ),
    *("http://example.com:80:80/", "http://[::1]:80:80/", "http://127.0.0.1:80#@example.com/"),
    *(
        "http://127.0.0.1?@example.com/",
        "http://127.0.0.1/@example.com",
        "http://127.0.0.1;example.com/",
    ),
    "http://example.com/" + "x" * 2048,
)


def _as_host(address: str) -> str:
    return f"[{address}]" if ":" in address else address


URLS = list(
    dict.fromkeys(
        [
            *(f"http://{_as_host(address)}/" for address in ADDRESSES),
            *(f"https://{_as_host(address)}:8443/x" for address in ADDRESSES[::4]),
            *(
                f"http://{form}/"
                for v4 in ("127.0.0.1", "169.254.169.254")
                for form in _spelled(v4)
            ),
            *(f"http://{form}:6379/" for form in _spelled("10.0.0.1")),
            *(f"http://{name}/" for name in _NAMES),
            *_SCHEMES,
            *_CREDENTIALS,
            *_SPLIT,
        ]
    )
)

# What a resolver may say of a name that looks harmless.
ANSWERS = [
    *([address] for address in ADDRESSES),
    *(["93.184.215.14", address] for address in ADDRESSES[::5]),
    *([address, "2606:2800:21f:cb07::1"] for address in ADDRESSES[::5]),
    *(["93.184.215.14"] * 20 + [address] for address in ("127.0.0.1", "::1", "10.0.0.1")),
    *([nonsense] for nonsense in ("", "localhost", "fe80::1%eth0", "93.184.215.14%lo", "0x7f.1")),
    *([nonsense] for nonsense in ("127.1", "2130706433", "/run/docker.sock", "93.184.215.14 ")),
    [],
]

PUBLIC_ADDRESSES = (
    *("1.1.1.1", "8.8.8.8", "9.9.9.9", "93.184.215.14", "140.82.121.3", "151.101.1.69"),
    *("11.0.0.1", "9.255.255.255", "100.63.255.255", "100.128.0.1", "126.255.255.255", "128.0.0.1"),
    *("169.253.255.255", "169.255.0.1", "172.15.255.255", "172.32.0.1", "192.0.1.1", "192.0.3.1"),
    *("192.167.255.255", "192.169.0.1", "198.17.255.255", "198.20.0.1", "203.0.112.255"),
    *("223.255.255.255", "168.63.129.15", "192.88.98.1", "192.88.100.1", "1.0.0.1"),
    *("2606:4700:4700::1111", "2001:4860:4860::8888", "2620:fe::fe", "2a00:1450:4001:82a::200e"),
    *(
        "2001:200::1",
        "2001:67c:2e8:22::c100:68b",
        "2400:cb00:2048:1::c629:d7a2",
        "2003::1",
        "2c0f:fb50::1",
    ),
)
PUBLIC_URLS = (
    *(
        "https://example.com",
        "http://example.com/",
        "HTTPS://EXAMPLE.COM/Path",
        "https://example.com./",
    ),
    *(
        "https://example.com:8443/a?b=c#d",
        "https://hooks.slack.com/services/T0/B0/x",
        "http://a.co",
    ),
    *("https://user-content.example.com/@name", "https://example.com/?next=http://127.0.0.1/"),
    *("https://example.com/a@b", "https://münchen.example.com/", "https://xn--mnchen-3ya.de/"),
    *(
        "https://例え.テスト.jp/路",
        "https://my_host.example.com/",
        "https://localhost.example.com/",
    ),
    *(
        "https://local.example.com/",
        "https://internal.dev/",
        "https://10.example.com/",
        "https://1.com/",
    ),
    *("https://127.0.0.1.nip.example.com/", "https://example.local.com/", "https://example.homes/"),
    *(
        "https://example.com/%0d%0aX:1",
        "https://example.com/a|b?c=[1]{2}&d=^`",
        "https://a.b.c.d.e.io:65535",
    ),
    *("https://example.com?x", "https://example.com#x", "https://example.com/" + "x" * 2000),
    *(f"http://{_as_host(address)}/" for address in PUBLIC_ADDRESSES),
)
