from pathlib import Path

from pitchbar.extensions import db


def take_database_away() -> None:
    """From now on the SQLite file of this test cannot be opened."""
    file = Path(str(db.engine.url.database))
    db.session.remove()
    db.engine.dispose()
    for each in file.parent.glob(f"{file.name}*"):
        each.unlink()
    file.mkdir()
