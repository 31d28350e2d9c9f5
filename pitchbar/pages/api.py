"""The API's answer about a workspace as a whole, which joins several features."""

from flask import Blueprint
from pydantic import ConfigDict, Field

from pitchbar.api.endpoints import Topic, endpoint
from pitchbar.api.payloads import ResponseModel
from pitchbar.codes.queries import count_active_codes
from pitchbar.scans.queries import count_scans_this_month
from pitchbar.scans.usage import load_usage
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plan_usage import count_used, most_of
from pitchbar.workspaces.plans import LIMITS, find_plan
from pitchbar.workspaces.tokens.access import requires_token, shared_limit

TOPIC = Topic(
    10,
    "Workspace",
    "The workspace that the token belongs to.",
)

bp = Blueprint("workspaces_api", __name__, url_prefix="/api/v1/workspaces/<slug>")
shared_limit(bp)


class UsageOfScans(ResponseModel):
    """Of the month that it is in the workspace's time zone."""

    used: int = Field(description="Recorded scans.")
    limit: int | None = Field(description="How many are recorded; null for all.")
    unrecorded: int = Field(description="Led on beyond the limit, and not recorded.")
    month: str = Field(description="As in 2026-03.")


class UsageOfLimit(ResponseModel):
    used: int
    limit: int | None = Field(description="The most that the plan has; null for no limit.")


class Usage(ResponseModel):
    active_codes: int
    scans_this_month: int = Field(
        description="Accepted since the first of the month in the workspace's time zone."
    )
    scans: UsageOfScans
    limits: dict[str, UsageOfLimit] = Field(
        description="Each limit of the plan by its name: `scans` and `conversations` of the month, "
        "`codes` (active ones), `agents`, `sources`, `pages`, `members` (with open invitations) "
        "and `domains` as they are now. More may come."
    )


class WorkspaceResponse(ResponseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "slug": "demo",
                    "name": "Harbour Kitchen",
                    "time_zone": "Europe/London",
                    "plan": "starter",
                    "pixel_key": "px_4f1c8a20d9be5573c0a1e6f2",
                    "usage": {
                        "active_codes": 7,
                        "scans_this_month": 4210,
                        "scans": {
                            "used": 4210,
                            "limit": 25000,
                            "unrecorded": 0,
                            "month": "2026-03",
                        },
                        "limits": {
                            "scans": {"used": 4210, "limit": 25000},
                            "conversations": {"used": 131, "limit": 500},
                            "codes": {"used": 7, "limit": 50},
                            "agents": {"used": 1, "limit": 2},
                            "sources": {"used": 4, "limit": 10},
                            "pages": {"used": 86, "limit": 500},
                            "members": {"used": 3, "limit": 5},
                            "domains": {"used": 1, "limit": 3},
                        },
                    },
                }
            ]
        }
    )

    slug: str
    name: str
    time_zone: str
    plan: str = Field(description="`free`, `starter`, `growth` or `scale`.")
    pixel_key: str | None = Field(
        description="Names the workspace in the addresses of its pixel; no secret."
    )
    usage: Usage


@bp.get("")
@requires_token("read")
@endpoint(TOPIC, response=WorkspaceResponse)
def show(workspace: Workspace) -> WorkspaceResponse:
    """Get the workspace"""
    return WorkspaceResponse(
        slug=workspace.slug,
        name=workspace.name,
        time_zone=workspace.time_zone,
        plan=find_plan(workspace.plan).key,
        pixel_key=workspace.pixel_key,
        usage=Usage(
            active_codes=count_active_codes(workspace),
            scans_this_month=count_scans_this_month(workspace),
            scans=_usage_of_scans(workspace),
            limits={
                limit.key: UsageOfLimit(
                    used=count_used(workspace, limit), limit=most_of(workspace.plan, limit)
                )
                for limit in LIMITS
            },
        ),
    )


def _usage_of_scans(workspace: Workspace) -> UsageOfScans:
    usage = load_usage(workspace)
    return UsageOfScans(
        used=usage.used,
        limit=usage.limit,
        unrecorded=usage.unrecorded,
        month=f"{usage.month:%Y-%m}",
    )
