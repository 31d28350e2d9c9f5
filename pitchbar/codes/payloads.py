"""What programs send and get about codes."""

from collections.abc import Sequence
from typing import Any, Literal

from flask import current_app
from pydantic import ConfigDict, Field, create_model

from pitchbar.api.paging import NEXT_CURSOR, PageQuery
from pitchbar.api.payloads import Payload, Query, ResponseModel, Text, Timestamp
from pitchbar.codes.addresses import Address, address_of
from pitchbar.codes.addressing import list_addresses_of
from pitchbar.codes.labels.models import Label
from pitchbar.codes.labels.queries import labels_by_code
from pitchbar.codes.life_payloads import LIFE_EXAMPLE, LifeChanges, LifeResponse, life_response
from pitchbar.codes.models import Code
from pitchbar.codes.pictures import MAX_DPI, MAX_MM, MIN_DPI, MIN_MM
from pitchbar.codes.states import State, StateKey, states_of
from pitchbar.core import clock
from pitchbar.core.utm import UTM_MAX_LENGTH, UTM_NAMES, Utm
from pitchbar.settings import Settings
from pitchbar.workspaces.models import Workspace

_WHERE_TO = "Where a scan leads: any web address but Pitchbar's own."
_DOMAIN = (
    "The host of a verified domain of the workspace on which the code is from now on. An empty "
    "text is Pitchbar's own host; for a new code, so is null."
)
_LEVEL = "How much of the printed symbol may be lost: L 7 %, M 15 %, Q 25 %, H 30 %."
_FORWARD = "Whether other parameters of the scanned address are passed on."


_GIVEN: Any = {name: (Text, Field("", max_length=UTM_MAX_LENGTH)) for name in UTM_NAMES}
UtmPayload = create_model(
    "UtmPayload",
    __base__=Payload,
    __doc__="Values that a scan adds to the destination. What is left out becomes empty.",
    **_GIVEN,
)


class CodeChanges(LifeChanges):
    """What is left out stays as it is. Null clears `campaign`, `labels`, `starts_at`, `ends_at`,
    `scan_limit`, `password` and `fallback_url`; any other field stays as it is then, too. A code
    gets another address with `domain`; those it had are printed and lead on.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "destination_url": "https://shop.example/summer",
                    "labels": ["Print", "Terrace"],
                    "ends_at": "2026-09-30T22:00:00+02:00",
                    "password": None,
                }
            ]
        }
    )

    name: Text | None = Field(None, min_length=1, max_length=200)
    destination_url: Text | None = Field(None, min_length=1, max_length=2048, description=_WHERE_TO)
    utm: UtmPayload | None = Field(None, description="All five values at once.")
    forward_parameters: bool | None = Field(None, description=_FORWARD)
    error_correction: Literal["L", "M", "Q", "H"] | None = Field(None, description=_LEVEL)
    notes: Text | None = Field(None, max_length=5000)
    status: Literal["active", "archived"] | None = Field(
        None, description="Archived: a scan sees a plain page, the figures stay."
    )
    domain: Text | None = Field(None, max_length=253, description=_DOMAIN)
    short_code: Text | None = Field(
        None,
        max_length=64,
        description="Together with `domain`: its short code there. Left out, it keeps its present "
        "one, if that is free.",
    )


class NewCode(CodeChanges):
    """A code needs a name and a destination; the rest has sensible values."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Spring menu, table 4",
                    "destination_url": "https://shop.example/menu",
                    "utm": {**Utm("print", "qr", "spring").given()},
                    "campaign": "Spring",
                    "labels": ["Print", "Terrace"],
                    "starts_at": "2026-03-02T10:00:00+01:00",
                    "scan_limit": 5000,
                }
            ]
        }
    )

    name: Text = Field(min_length=1, max_length=200)
    destination_url: Text = Field(min_length=1, max_length=2048, description=_WHERE_TO)
    short_code: Text | None = Field(
        None,
        max_length=64,
        description="The end of the short link: 3 to 64 letters, digits, hyphens or underscores. "
        "Chosen at random when it is left out.",
    )


class CodesQuery(PageQuery):
    q: Text = Field(
        "",
        max_length=200,
        description="Looks in name, short code, destination, campaign and labels.",
    )
    status: Literal["active", "archived", "all"] = Field("all")
    label: Text = Field("", max_length=50, description="Those that carry the label of this name.")
    campaign: Text = Field("", max_length=100, description="Those of this campaign.")


class QrQuery(Query):
    size: int = Field(
        1024, description="Pixels a side at most, for PNG; held between 64 and 4,096."
    )
    mm: float | None = Field(
        None,
        ge=MIN_MM,
        le=MAX_MM,
        description="Width in print, in millimetres: of PDF and EPS, and of PNG at `dpi`.",
    )
    dpi: int = Field(300, ge=MIN_DPI, le=MAX_DPI, description="Pixels an inch, for PNG with `mm`.")
    download: bool = Field(False, description="Ask the browser to save it.")


_KEPT: Any = dict.fromkeys(UTM_NAMES, (str, ...))
UtmResponse = create_model("Utm", __base__=ResponseModel, **_KEPT)


class CodeResponse(LifeResponse):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 42,
                    "name": "Spring menu, table 4",
                    "short_code": "k7xw2mp",
                    "short_url": "https://pitchbar.example/t/k7xw2mp",
                    "domain": None,
                    "addresses": ["https://pitchbar.example/t/k7xw2mp"],
                    "qr_svg_url": "https://pitchbar.example/api/v1/workspaces/demo/codes/42/qr.svg",
                    "destination_url": "https://shop.example/menu",
                    "utm": Utm("print", "qr", "spring")._asdict(),
                    "forward_parameters": False,
                    "error_correction": "M",
                    "notes": "",
                    "status": "active",
                    "state": "active",
                    **LIFE_EXAMPLE,
                    "created_at": "2026-03-02T09:15:00+00:00",
                    "updated_at": "2026-03-02T09:15:00+00:00",
                }
            ]
        }
    )

    id: int
    name: str
    short_code: str = Field(description="Of its present address.")
    short_url: str = Field(description="What the printed symbol holds.")
    domain: str | None = Field(description="The own domain on which it is; null on our host.")
    addresses: list[str] = Field(description="All that lead on, the present one first.")
    qr_svg_url: str = Field(description="The symbol as SVG; asks for the token too.")
    destination_url: str
    utm: UtmResponse
    forward_parameters: bool
    error_correction: Literal["L", "M", "Q", "H"]
    notes: str
    status: Literal["active", "archived"]
    state: StateKey = Field(description="What a scan meets just now.")
    created_at: Timestamp
    updated_at: Timestamp


class CodeList(ResponseModel):
    """Codes, newest first."""

    data: list[CodeResponse]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


def code_responses(
    codes: Sequence[Code], workspace: Workspace, settings: Settings
) -> list[CodeResponse]:
    states = states_of(workspace, codes, clock.now())
    labels = labels_by_code([code.id for code in codes])
    addresses = list_addresses_of(codes, settings)
    return [
        _response(
            code,
            states[code.id],
            labels.get(code.id, []),
            addresses[code.id],
            workspace,
            settings,
        )
        for code in codes
    ]


def _response(
    code: Code,
    state: State,
    labels: list[Label],
    addresses: list[Address],
    workspace: Workspace,
    settings: Settings,
) -> CodeResponse:
    # Told in jobs too, which have no request to build addresses from.
    image = current_app.url_map.bind("").build(
        "codes_api.qr", {"slug": workspace.slug, "code_id": code.id, "format": "svg"}
    )
    return CodeResponse.model_validate(
        {
            "id": code.id,
            "name": code.name,
            "short_code": code.present_short_code,
            "short_url": address_of(code, settings),
            "domain": code.domain.host if code.domain else None,
            "addresses": [address.url for address in addresses],
            "qr_svg_url": settings.app_url + image,
            "destination_url": code.destination_url,
            "utm": code.utm._asdict(),
            "forward_parameters": code.forward_parameters,
            "error_correction": code.error_correction,
            "notes": code.notes,
            "status": code.status,
            "state": state.key,
            **life_response(code, [label.name for label in labels]),
            "created_at": code.created_at,
            "updated_at": code.updated_at,
        }
    )
