"""What must be known of conversations at once, beside the database: what was said last, where the
visitor is, and who was erased. In Redis where there is one, else in this process.

None of it is the truth of anything: what is forgotten here is read from the database again.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

import orjson

from pitchbar.answers.turns import Said
from pitchbar.chat.settings import ChatSettings
from pitchbar.core.redis_client import Breaker, connect_redis
from pitchbar.settings import Settings, current_settings

_DAY = 86_400
# Of a conversation, as many as an answer can lean on.
_MOST_SAID = 20
_MOST_CONVERSATIONS = 20_000
_PREFIX = "pitchbar:chat"


class Recent(Protocol):
    def put_page(self, conversation: UUID, page: dict[str, str]) -> None: ...
    def page(self, conversation: UUID) -> dict[str, str]: ...
    def add_said(self, conversation: UUID, said: Sequence[Said]) -> None:
        """Behind what is there; nothing where nothing is known of it yet."""

    def put_said(self, conversation: UUID, said: Sequence[Said]) -> None: ...
    def said(self, conversation: UUID) -> list[Said] | None:
        """Oldest first; None where nothing is known, which is not the same as nothing said."""

    def forget(self, conversation: UUID) -> None: ...
    def mark_erased(self, visitor: UUID) -> None: ...
    def is_erased(self, visitor: UUID) -> bool: ...


class LocalRecent:
    """What this process knows; the longest silent go first."""

    def __init__(self, keep_seconds: float = _DAY, most: int = _MOST_CONVERSATIONS) -> None:
        self._keep = keep_seconds
        self._most = most
        self._kept: OrderedDict[str, tuple[float, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def put_page(self, conversation: UUID, page: dict[str, str]) -> None:
        self._put(f"page:{conversation.hex}", page)

    def page(self, conversation: UUID) -> dict[str, str]:
        return self._get(f"page:{conversation.hex}") or {}

    def add_said(self, conversation: UUID, said: Sequence[Said]) -> None:
        known = self.said(conversation)
        if known is not None:
            self.put_said(conversation, [*known, *said])

    def put_said(self, conversation: UUID, said: Sequence[Said]) -> None:
        self._put(f"said:{conversation.hex}", list(said)[-_MOST_SAID:])

    def said(self, conversation: UUID) -> list[Said] | None:
        found = self._get(f"said:{conversation.hex}")
        return None if found is None else list(found)

    def forget(self, conversation: UUID) -> None:
        with self._lock:
            for kind in ("page", "said"):
                self._kept.pop(f"{kind}:{conversation.hex}", None)

    def mark_erased(self, visitor: UUID) -> None:
        self._put(f"erased:{visitor.hex}", True)

    def is_erased(self, visitor: UUID) -> bool:
        return bool(self._get(f"erased:{visitor.hex}"))

    def _put(self, key: str, value: Any) -> None:
        with self._lock:
            self._kept[key] = (time.monotonic() + self._keep, value)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def _get(self, key: str) -> Any:
        with self._lock:
            until, value = self._kept.get(key, (0.0, None))
            if value is not None and time.monotonic() > until:
                del self._kept[key]
                return None
            return value


class SharedRecent:
    """What all processes know; while Redis is away, what this one does."""

    def __init__(self, redis: Any, keep_seconds: int = _DAY) -> None:
        self._redis = redis
        self._keep = keep_seconds
        self._breaker = Breaker("what was said last")
        self._own = LocalRecent(keep_seconds)

    def put_page(self, conversation: UUID, page: dict[str, str]) -> None:
        self._own.put_page(conversation, page)
        self._set(f"page:{conversation.hex}", page)

    def page(self, conversation: UUID) -> dict[str, str]:
        return self._get(f"page:{conversation.hex}") or self._own.page(conversation)

    def add_said(self, conversation: UUID, said: Sequence[Said]) -> None:
        self._own.add_said(conversation, said)
        self._push(conversation, said, "rpushx")

    def put_said(self, conversation: UUID, said: Sequence[Said]) -> None:
        """One empty line stands for a conversation in which nothing was said."""
        self._own.put_said(conversation, said)
        self._breaker.call(lambda: self._redis.delete(self._key(conversation)), None)
        self._push(conversation, said or [Said("", "")], "rpush")

    def said(self, conversation: UUID) -> list[Said] | None:
        lines = self._breaker.call(lambda: self._redis.lrange(self._key(conversation), 0, -1), None)
        if lines is None:
            return self._own.said(conversation)
        if not lines:
            return None
        return [one for one in (Said(*orjson.loads(line)) for line in lines) if one.role]

    def forget(self, conversation: UUID) -> None:
        self._own.forget(conversation)
        keys = [self._key(conversation), f"{_PREFIX}:page:{conversation.hex}"]
        self._breaker.call(lambda: self._redis.delete(*keys), None)

    def mark_erased(self, visitor: UUID) -> None:
        self._own.mark_erased(visitor)
        self._set(f"erased:{visitor.hex}", True)

    def is_erased(self, visitor: UUID) -> bool:
        return bool(self._own.is_erased(visitor) or self._get(f"erased:{visitor.hex}"))

    def _key(self, conversation: UUID) -> str:
        return f"{_PREFIX}:said:{conversation.hex}"

    def _push(self, conversation: UUID, said: Sequence[Said], how: str) -> None:
        key = self._key(conversation)
        lines = [orjson.dumps([one.role, one.text]) for one in said]

        def push() -> None:
            with self._redis.pipeline(transaction=False) as pipe:
                getattr(pipe, how)(key, *lines)
                pipe.ltrim(key, -_MOST_SAID, -1)
                pipe.expire(key, self._keep)
                pipe.execute()

        self._breaker.call(push, None)

    def _set(self, key: str, value: Any) -> None:
        data = orjson.dumps(value)
        self._breaker.call(lambda: self._redis.set(f"{_PREFIX}:{key}", data, ex=self._keep), None)

    def _get(self, key: str) -> Any:
        data = self._breaker.call(lambda: self._redis.get(f"{_PREFIX}:{key}"), None)
        return None if data is None else orjson.loads(data)


def recent() -> Recent:
    """One for the process, whoever asks."""
    return recent_of(current_settings())


def recent_of(settings: Settings) -> Recent:
    # As long as a token can still be used or renewed.
    own = settings[ChatSettings]
    hours = max(24, own.widget_renewal_hours + -(-own.widget_token_minutes // 60))
    return _make(settings.redis_url, str(settings.data_dir), hours * 3600)


@lru_cache(maxsize=8)
def _make(redis_url: str, _data_dir: str, keep_seconds: int) -> Recent:
    if redis_url:
        return SharedRecent(connect_redis(redis_url), keep_seconds)
    return LocalRecent(keep_seconds)
