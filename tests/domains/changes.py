from typing import Any

from tests.support.changes import Change
from tests.support.domains import HOST, make_domain
from tests.support.factories import People


def _domain(people: People) -> dict[str, Any]:
    return {"domain_id": make_domain(people.workspace, HOST, "pending").id}


_LOOK = "looks at the DNS; what is found there leaves an entry of its own"

CHANGES = {
    "POST /api/v1/workspaces/<slug>/domains": Change({"host": HOST}),
    "PATCH /api/v1/workspaces/<slug>/domains/<int:domain_id>": Change(
        {"root_url": "https://brand.example"}, parts=_domain
    ),
    "DELETE /api/v1/workspaces/<slug>/domains/<int:domain_id>": Change(parts=_domain),
    "POST /api/v1/workspaces/<slug>/domains/<int:domain_id>/checks": Change(
        parts=_domain, unaudited=_LOOK
    ),
    "POST /w/<slug>/domains": Change({"host": HOST}),
    "POST /w/<slug>/domains/<int:domain_id>": Change(
        {"root_url": "https://brand.example"}, parts=_domain
    ),
    "POST /w/<slug>/domains/<int:domain_id>/checks": Change(parts=_domain, unaudited=_LOOK),
    "POST /w/<slug>/domains/<int:domain_id>/removal": Change({"confirmation": HOST}, parts=_domain),
}
