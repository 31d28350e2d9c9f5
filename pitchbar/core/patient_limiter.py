"""Limits that go on in memory when their Redis goes away."""

from flask_limiter import Limiter

from pitchbar.core.redis_client import load_redis

RedisError: type[Exception] = load_redis().RedisError


class PatientLimiter(Limiter):
    """Where several requests find at once that Redis is gone, the library counts in memory for the
    first of them, and lets the others fail.
    """

    def _check_request_limit(
        self, callable_name: str | None = None, in_middleware: bool = True
    ) -> None:
        try:
            super()._check_request_limit(callable_name, in_middleware)
        except RedisError:
            if not self._storage_dead:
                raise
            super()._check_request_limit(callable_name, in_middleware)
