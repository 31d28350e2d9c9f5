from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine

from pitchbar.codes.models import Code
from pitchbar.conversions.factories import make_ingestion, spool_folder
from pitchbar.conversions.ingestion import ConversionIngestion
from pitchbar.conversions.keys import PixelKeys
from pitchbar.core.bus import Bus
from pitchbar.scans.attribution import TokenCipher
from pitchbar.scans.factories import make_engine, make_token_cipher
from pitchbar.scans.spool import Spool
from pitchbar.settings import Settings
from pitchbar.workspaces.models import Workspace
from tests.conversions.calling import Caller
from tests.support.factories import make_code, make_workspace

Ingest = Callable[..., int]


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """On the test's database, beside the app's own."""
    engine = make_engine(settings)
    yield engine
    engine.dispose()


@pytest.fixture
def tokens(settings: Settings) -> TokenCipher:
    return make_token_cipher(settings)


@pytest.fixture
def ingestion(settings: Settings, engine: Engine) -> ConversionIngestion:
    return make_ingestion(settings, engine, Bus())


@pytest.fixture
def ingest(ingestion: ConversionIngestion) -> Ingest:
    """Stores lines as one delivery; returns how many conversions were new."""
    return lambda *lines: ingestion.ingest(b"".join(lines))


@pytest.fixture
def workspace(app: Flask) -> Workspace:
    return make_workspace(name="Corner Café", time_zone="Europe/Zurich")


@pytest.fixture
def code(workspace: Workspace) -> Code:
    return make_code(workspace, short_code="menu")


@pytest.fixture
def caller(settings: Settings, engine: Engine, tokens: TokenCipher) -> Iterator[Caller]:
    """A pixel with a spool that nobody ships."""
    spool = Spool(spool_folder(settings))
    yield Caller(spool, PixelKeys(engine), tokens)
    spool.reset_after_fork()
