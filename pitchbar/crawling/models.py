from datetime import datetime

from sqlalchemy import Float, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import Model, UtcDateTime

# Of a robots.txt: has rules · there is none · could not be had.
READ, ABSENT, UNREACHABLE = "read", "absent", "unreachable"


class CrawlHost(Model):
    """When a host may be asked again, by whomever; in seconds since 1970."""

    __tablename__ = "crawl_hosts"

    host: Mapped[str] = mapped_column(String(260), primary_key=True)
    next_at: Mapped[float] = mapped_column(Float(53), default=0.0)
    # It asked to be left alone until then.
    rests_until: Mapped[float] = mapped_column(Float(53), default=0.0)


class RobotsFile(Model):
    """What a site says to crawlers, asked once a day for everybody."""

    __tablename__ = "crawl_robots"

    # Such as https://example.com:8443.
    origin: Mapped[str] = mapped_column(String(270), primary_key=True)
    state: Mapped[str] = mapped_column(String(16), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[int | None] = mapped_column()
    # Where it could not be had: a word of `errors.py` and the sentence.
    trouble: Mapped[str] = mapped_column(String(40), default="")
    sentence: Mapped[str] = mapped_column(String(300), default="")
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # Who fetches it has so long.
    claimed_until: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
