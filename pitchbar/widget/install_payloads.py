from typing import Literal

from pydantic import ConfigDict, Field

from pitchbar.api.payloads import Payload, ResponseModel, Text, Timestamp
from pitchbar.widget.findings import Finding
from pitchbar.widget.models import InstallCheck


class NewInstallCheck(Payload):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"page_url": "https://shop.example/"}]}
    )

    page_url: Text = Field(max_length=2048)


class FindingBody(ResponseModel):
    key: str = Field(
        description="`reached`, `snippet`, `agent`, `address`, `published`, `origin`, `path` or "
        "`policy`."
    )
    level: Literal["ok", "note", "warn", "bad"]
    text: str
    hint: str = Field(description="What to do.")
    code: str = Field(description="Lines to copy for it.")


class InstallCheckResponse(ResponseModel):
    """What was found on a page; while it is looked at, `verdict` is null."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "page_url": "https://shop.example/",
                    "state": "done",
                    "verdict": "works",
                    "findings": [
                        {
                            "key": "snippet",
                            "level": "ok",
                            "text": "The snippet is there, once.",
                            "hint": "",
                            "code": "",
                        }
                    ],
                    "started_at": "2026-03-02T12:41:07.512000+00:00",
                    "finished_at": "2026-03-02T12:41:08.104000+00:00",
                }
            ]
        }
    )

    page_url: str
    state: Literal["running", "done", "lost"] = Field(
        description="`lost` where nobody looks any more: check again."
    )
    verdict: Literal["works", "unclear", "fails"] | None
    findings: list[FindingBody]
    started_at: Timestamp
    finished_at: Timestamp | None


def check_response(check: InstallCheck) -> InstallCheckResponse:
    state = "lost" if check.is_lost else check.state
    return InstallCheckResponse.model_validate(
        {
            "page_url": check.page_url,
            "state": state,
            "verdict": check.verdict or None,
            "findings": [Finding.of(one).stored() for one in check.findings],
            "started_at": check.started_at,
            "finished_at": check.finished_at,
        }
    )
