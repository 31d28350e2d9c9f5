"""Huey, as far as it is used here. It loads the library of Redis, which is loaded with care."""

from pitchbar.core.redis_client import load_redis

load_redis()

from huey import Huey, RedisHuey, crontab  # noqa: E402  # after what it would load by itself
from huey.registry import Message  # noqa: E402  # the same
from huey.serializer import Serializer  # noqa: E402  # the same
from huey.storage import SqliteStorage  # noqa: E402  # the same

__all__ = ["Huey", "Message", "RedisHuey", "Serializer", "SqliteStorage", "crontab"]
