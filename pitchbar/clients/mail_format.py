"""What a message is, and how it is written down for a mail server."""

import re
from base64 import b64encode
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr

from pitchbar.core.mail_addresses import sender_with_ascii_domain, with_ascii_domain

# An address in a header is one word: broken over lines, or encoded, no mail program follows it.
_UNFOLDED = policy.SMTP.clone(max_line_length=998)
_PICTURE = re.compile(r"""(src=["'])cid:([\w.-]+)""")


@dataclass(frozen=True)
class Picture:
    """A PNG that travels in the message; its HTML shows it as `<img src="cid:<name>" alt="…">`."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """A message to one person; `html` has its styles inlined already.

    Attributes:
        unsubscribe_url: for what comes by itself; mail programs offer it as a button, and post to
            it (RFC 8058).
    """

    to: str
    subject: str
    text: str
    html: str
    unsubscribe_url: str = ""
    pictures: tuple[Picture, ...] = ()


def compose_message(mail: Mail, sender: str) -> EmailMessage:
    message = EmailMessage(policy=_UNFOLDED)
    message["From"] = sender = sender_with_ascii_domain(sender)
    message["To"] = with_ascii_domain(mail.to)
    # A header is one line, whatever a workspace calls itself.
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = formatdate()
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    message["Message-ID"] = make_msgid(domain=domain)
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    _add_pictures(message, mail.pictures)
    return message


def _add_pictures(message: EmailMessage, pictures: tuple[Picture, ...]) -> None:
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage)  # noqa: S101  # it was added above
    for picture in pictures:
        html.add_related(
            picture.content,
            "image",
            "png",
            cid=f"<{picture.name}>",
            filename=f"{picture.name}.png",
            disposition="inline",
        )


def html_with_pictures(message: EmailMessage) -> str:
    """The HTML of a message with its pictures within, as a mail program would show them."""
    html = message.get_body(("html",))
    if html is None:
        return ""
    kept = {
        str(part["Content-ID"]).strip("<>"): part.get_payload(decode=True)
        for part in message.walk()
        if part["Content-ID"]
    }

    def embed(found: re.Match[str]) -> str:
        content = kept.get(found[2])
        if not isinstance(content, bytes):
            return found[0]
        return f"{found[1]}data:image/png;base64,{b64encode(content).decode()}"

    return _PICTURE.sub(embed, html.get_content())
