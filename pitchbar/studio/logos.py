"""The logos of a workspace: uploaded, cleaned, kept, and read to be drawn."""

import secrets
from functools import lru_cache
from typing import Literal, cast

from sqlalchemy import func, select

from pitchbar.clients.object_storage import open_storage
from pitchbar.codes.models import Code
from pitchbar.core.text import storable
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.settings import Settings
from pitchbar.studio.errors import (
    ImageInUse,
    ImageNotFound,
    InvalidDesign,
    StorageAway,
    TooManyImages,
)
from pitchbar.studio.models import DesignImage, DesignTemplate
from pitchbar.studio.settings import StudioSettings
from pitchbar.symbols.logo_cleaning import MOST_BYTES, UnusableLogo, clean_logo
from pitchbar.symbols.logos import Logo
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Workspace

# Of all workspaces in a process; a logo has a few kilobytes, a megabyte at the most.
_KEPT = 64


def store_image(
    workspace: Workspace, by: Actor, settings: Settings, data: bytes, name: str
) -> DesignImage:
    """Raises InvalidDesign for what is no usable picture, TooManyImages, StorageAway."""
    name = storable(name).replace("\\", "/").rpartition("/")[2].strip()[:255] or "Logo"
    try:
        logo = clean_logo(data, name)
    except UnusableLogo as error:
        raise InvalidDesign("file", str(error)) from None
    lock_workspace(workspace.id)
    most = settings[StudioSettings].design_images_max
    of_workspace = DesignImage.workspace_id == workspace.id
    if (db.session.scalar(select(func.count()).where(of_workspace)) or 0) >= most:
        raise TooManyImages(most)
    image = DesignImage(
        id=secrets.token_hex(16),
        workspace_id=workspace.id,
        name=name,
        kind=logo.kind,
        width=logo.width,
        height=logo.height,
        size=len(logo.data),
        created_by_id=by.id if by.kind == "person" else None,
    )
    try:
        open_storage(settings.storage_url).put(image.key, logo.data)
    except Exception as error:
        raise StorageAway from error
    db.session.add(image)
    db.session.flush()
    record_event("design_image.created", image, by=by, after={"name": name, "size": image.size})
    return image


def get_image(workspace: Workspace, image_id: str) -> DesignImage:
    """Raises ImageNotFound."""
    image = db.session.get(DesignImage, image_id)
    if image is None or image.workspace_id != workspace.id:
        raise ImageNotFound
    return image


def list_images(workspace: Workspace, count: int = 100) -> list[DesignImage]:
    """The newest first."""
    of_workspace = select(DesignImage).where(DesignImage.workspace_id == workspace.id)
    newest = of_workspace.order_by(DesignImage.created_at.desc(), DesignImage.id.desc())
    return list(db.session.scalars(newest.limit(count)))


def delete_image(image: DesignImage, by: Actor, settings: Settings) -> None:
    """Raises ImageInUse. The bytes go after the row: what nobody names is harmless."""
    if where := _find_use(image):
        raise ImageInUse(where)
    record_event("design_image.deleted", image, by=by, before={"name": image.name})
    db.session.delete(image)
    forget_objects(settings, [image.key])


def forget_objects(settings: Settings, keys: list[str]) -> None:
    """What cannot be reached now stays behind, without anything that names it."""
    try:
        open_storage(settings.storage_url).delete(keys)
    except Exception:  # a bucket that is away must not keep a row alive
        return


def read_logo(workspace_id: int, image_id: str | None, settings: Settings) -> Logo | None:
    """None where there is none, or none any more. Raises StorageAway."""
    if not image_id:
        return None
    image = db.session.get(DesignImage, image_id)
    if image is None or image.workspace_id != workspace_id:
        return None
    try:
        data = _read(settings.storage_url, image.key)
    except FileNotFoundError:
        return None
    except Exception as error:
        raise StorageAway from error
    kind = cast("Literal['png', 'jpeg', 'svg']", image.kind)
    return Logo(kind, data, image.width, image.height)


@lru_cache(maxsize=_KEPT)
def _read(storage_url: str, key: str) -> bytes:
    return b"".join(open_storage(storage_url).read(key))


def _find_use(image: DesignImage) -> str:
    """A code or a template that shows it, for a person; "" where none does."""
    codes = select(Code.name).where(
        Code.workspace_id == image.workspace_id,
        Code.deleted_at.is_(None),
        Code.design["logo"].as_string() == image.id,
    )
    if name := db.session.scalar(codes.limit(1)):
        return f"the code “{name}”"
    templates = select(DesignTemplate.name).where(
        DesignTemplate.workspace_id == image.workspace_id,
        DesignTemplate.design["logo"].as_string() == image.id,
    )
    name = db.session.scalar(templates.limit(1))
    return f"the template “{name}”" if name else ""


MOST_UPLOAD = MOST_BYTES
