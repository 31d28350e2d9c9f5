"""Statements compiled once for all the databases of a test run.

SQLAlchemy keeps what it compiled with each engine, for that engine's own dialect. Each test has an
engine of its own, so that it compiled every statement of every page anew: a quarter of the run.
What is compiled depends on the kind of database alone.
"""

from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

_STATEMENTS = 5_000


def share_compiled_statements() -> None:
    caches: dict[type, LRUCache[Any, Any]] = {}

    def cache_of(engine: Engine) -> LRUCache[Any, Any]:
        return caches.setdefault(type(engine.dialect), LRUCache(_STATEMENTS))

    # The dialect is part of a statement's key.
    DefaultDialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
    DefaultDialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    # An engine makes its own when it is made: that one is forgotten.
    shared = property(cache_of, lambda engine, made: None)
    Engine._compiled_cache = shared  # type: ignore[assignment]
