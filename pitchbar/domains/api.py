from typing import Any

from flask import Blueprint

from pitchbar.accounts.actors import current_actor
from pitchbar.api.endpoints import PathParameter, Topic, endpoint
from pitchbar.domains.limits import limit_checks
from pitchbar.domains.payloads import (
    DomainChanges,
    DomainList,
    DomainResponse,
    NewDomain,
    domain_response,
)
from pitchbar.domains.queries import get_domain, list_domains
from pitchbar.domains.services import add_domain, check_soon, remove_domain, update_domain
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import (
    require_right_of_creator,
    requires_token,
    shared_limit,
)

TOPIC = Topic(
    27,
    "Domains",
    "Short domains of your own, on which codes can be once their TXT record is found.",
    {"domain_id": PathParameter("The domain's id.", 3)},
)

bp = Blueprint("domains_api", __name__, url_prefix="/api/v1/workspaces/<slug>/domains")
shared_limit(bp)


@bp.get("")
@requires_token("read")
@endpoint(TOPIC, response=DomainList)
def index(workspace: Workspace) -> DomainList:
    """List domains"""
    return DomainList(data=[domain_response(one) for one in list_domains(workspace)])


@bp.post("")
@requires_token("read-write")
@endpoint(
    TOPIC, body=NewDomain, response=DomainResponse, status=201, errors=(402, 409, 413, 415, 422)
)
def create(workspace: Workspace, payload: NewDomain) -> DomainResponse:
    """Add a domain

    It waits for its TXT record; then codes can be on it. Asks for a token of an owner or admin.
    """
    require_right_of_creator("manage_domains")
    fields = payload.model_dump(exclude_none=True)
    return domain_response(add_domain(workspace, current_actor(), current_settings(), **fields))


@bp.get("/<int:domain_id>")
@requires_token("read")
@endpoint(TOPIC, response=DomainResponse)
def show(workspace: Workspace, domain_id: int) -> DomainResponse:
    """Get a domain"""
    return domain_response(get_domain(workspace, domain_id))


@bp.patch("/<int:domain_id>")
@requires_token("read-write")
@endpoint(TOPIC, body=DomainChanges, response=DomainResponse, errors=(413, 415, 422))
def change(workspace: Workspace, domain_id: int, payload: DomainChanges) -> DomainResponse:
    """Change where a domain leads"""
    require_right_of_creator("manage_domains")
    domain = get_domain(workspace, domain_id)
    fields: dict[str, Any] = payload.model_dump(exclude_none=True)
    if fields:
        update_domain(domain, current_actor(), current_settings(), **fields)
    return domain_response(domain)


@bp.post("/<int:domain_id>/checks")
@requires_token("read-write")
@limit_checks
@endpoint(TOPIC, response=DomainResponse, status=202, errors=(409, 422))
def check(workspace: Workspace, domain_id: int) -> DomainResponse:
    """Look at the DNS

    Within a minute; `checked_at` tells when it was done.
    """
    require_right_of_creator("manage_domains")
    domain = get_domain(workspace, domain_id)
    check_soon(domain)
    return domain_response(domain)


@bp.delete("/<int:domain_id>")
@requires_token("read-write")
@endpoint(TOPIC, status=204)
def delete(workspace: Workspace, domain_id: int) -> None:
    """Remove a domain

    Addresses on it stop leading on at once; its codes have their addresses at Pitchbar again.
    """
    require_right_of_creator("manage_domains")
    domain = get_domain(workspace, domain_id)
    remove_domain(domain, current_actor(), confirmation=domain.host)
