"""What the page of a domain tells of the codes on it."""

from collections.abc import Sequence

from flask import url_for
from sqlalchemy import func, select

from pitchbar.codes.addresses import short_url
from pitchbar.codes.models import Code, CodeAddress
from pitchbar.domains.models import Domain
from pitchbar.domains.uses import Use, Users
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace


def count_by_domain(workspace: Workspace) -> dict[int, int]:
    """How many codes lead on from each domain, under present addresses or those of before."""
    rows = db.session.execute(
        select(CodeAddress.domain_id, func.count(CodeAddress.code_id.distinct()))
        .join(Code, Code.id == CodeAddress.code_id)
        .where(CodeAddress.workspace_id == workspace.id, Code.deleted_at.is_(None))
        .group_by(CodeAddress.domain_id)
    )
    return {row[0]: row[1] for row in rows}


def list_on(workspace: Workspace, domain: Domain) -> Sequence[Use]:
    """Each code once, by name; its present address where it has one there."""
    rows = db.session.execute(
        select(Code, CodeAddress.short_code)
        .join(CodeAddress, CodeAddress.code_id == Code.id)
        .where(CodeAddress.domain_id == domain.id, Code.deleted_at.is_(None))
        .order_by(Code.name, Code.id, CodeAddress.id)
    )
    found: dict[int, Use] = {}
    for code, short_code in rows:
        is_present = code.domain_id == domain.id and code.domain_short_code == short_code
        if code.id not in found or is_present:
            found[code.id] = Use(
                code.name,
                url_for("codes.show", slug=workspace.slug, code_id=code.id),
                short_url(short_code, current_settings(), domain),
                is_present,
            )
    return list(found.values())


CODES = Users(count_by_domain, list_on)
