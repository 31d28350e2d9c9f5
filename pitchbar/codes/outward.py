"""What webhooks tell of codes: each as the API answers it."""

from typing import Any

from pitchbar.codes.models import Code
from pitchbar.codes.payloads import CodeResponse, code_responses
from pitchbar.events.outward import declare
from pitchbar.events.services import Event
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace

# What else changes a code than an edit.
_CHANGES = ("code.updated", "code.moved", "code.restored", "code.rules_changed")


def declare_events() -> None:
    described: Any = CodeResponse.model_config["json_schema_extra"]
    example = {"code": described["examples"][0]}
    declare("code.created", "A code is created", payload=code_payload, example=example)
    declare(
        "code.updated",
        "A code is changed, moved or restored",
        payload=code_payload,
        example=example,
        heard_as=_CHANGES,
    )
    archived = {"code": {**example["code"], "status": "archived", "state": "archived"}}
    declare("code.archived", "A code is archived", payload=code_payload, example=archived)


def code_payload(event: Event) -> dict[str, Any]:
    code = db.session.get_one(Code, int(event.subject.id))
    workspace = db.session.get_one(Workspace, code.workspace_id)
    response = code_responses([code], workspace, current_settings())[0]
    return {"code": response.model_dump(mode="json")}
