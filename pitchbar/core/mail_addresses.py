"""Addresses of mailboxes as mail servers take them: with the domain in ASCII."""

from email.utils import formataddr, parseaddr

import idna


def with_ascii_domain(address: str) -> str:
    """ "ada@bücher.example" as "ada@xn--bcher-kva.example"; one that is no domain stays.

    Every mail server takes that form, and it is the same mailbox. For the part before the @ there
    is no such form.
    """
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return local + at + idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return address


def sender_with_ascii_domain(sender: str) -> str:
    """The same for `Name <address>`."""
    name, address = parseaddr(sender)
    return sender if address.isascii() else formataddr((name, with_ascii_domain(address)))


def has_plain_local_part(address: str) -> bool:
    """Whether any mail server takes what stands before the @."""
    return address.rpartition("@")[0].isascii()
