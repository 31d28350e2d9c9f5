"""Text that was pasted and files that were uploaded: one page each, read at once."""

from pathlib import Path
from tempfile import TemporaryDirectory

from pitchbar.clients.object_storage import ObjectStorage, open_storage
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.reading.files import read_file
from pitchbar.reading.languages import language_of
from pitchbar.reading.results import ReadText, Unreadable
from pitchbar.settings import current_settings
from pitchbar.sources.crawls.queues import hash_of
from pitchbar.sources.crawls.storing import store_document
from pitchbar.sources.models import MISSED, READ, SKIPPED, TEXT, Generation, Page, Source

_NOT_THERE = "The file is not where it was put. Upload it again."


def storage() -> ObjectStorage:
    return open_storage(current_settings().storage_url)


def read_upload(source: Source, generation: Generation) -> None:
    """As the one page of the generation."""
    page = Page(
        workspace_id=source.workspace_id,
        source_id=source.id,
        generation_id=generation.id,
        url_hash=hash_of(""),
        tries=1,
        fetched_at=clock.now(),
    )
    try:
        text = _text_of(source)
    except Unreadable as error:
        page.state, page.reason, page.detail = SKIPPED, error.kind, str(error)[:500]
    except FileNotFoundError:
        page.state, page.reason, page.detail = MISSED, "file_is_gone", _NOT_THERE
    else:
        document = store_document(source, "", text)
        page.state, page.document_id = READ, document.id
        page.content_hash, page.detail = document.content_hash, " ".join(text.notes)[:500]
        page.characters_in, page.characters_kept = text.characters_in, text.characters_kept
    db.session.add(page)


def _text_of(source: Source) -> ReadText:
    if source.kind == TEXT:
        text = source.text
        return ReadText(source.name, text, language_of(text, ""), len(text), len(text))
    # No transaction is open while a file is taken apart.
    key, name = source.file_key, source.file_name
    db.session.commit()
    with TemporaryDirectory() as folder:
        # A file of fifty megabytes is not held in the memory of a process that serves people too.
        fetched = Path(folder, "file")
        storage().fetch(key, fetched)
        return read_file(fetched, name)
