"""Designs as programs send and get them."""

from typing import Any

from pydantic import ConfigDict, Field, create_model

from pitchbar.api.payloads import Id, Payload, ResponseModel, Text
from pitchbar.studio.models import DesignImage, DesignTemplate, ScanCheck
from pitchbar.symbols.design import Design, ErrorCorrection

_CHECK = {
    "verdict": "passes",
    "score": 83,
    "smallest_mm": 19.5,
    "distance_mm": 300,
    "phone": "a 12-megapixel phone",
    "advice": "",
    "advice_change": {},
    "damages": [{"kind": "blur", "survived": 4, "levels": 6, "words": "out of focus"}],
    "is_overridden": False,
}
_IMAGE = {
    "id": "5f0c7e9a",
    "name": "anchor.png",
    "kind": "png",
    "width": 400.0,
    "height": 400.0,
    "size": 5120,
}


def _shown(example: dict[str, Any]) -> ConfigDict:
    return ConfigDict(frozen=True, json_schema_extra={"examples": [example]})


_FIELDS: dict[str, Any] = {
    name: (field.rebuild_annotation(), field) for name, field in Design.model_fields.items()
}


# Every field is always there.
_KEPT: Any = {name: (kind, ...) for name, (kind, _) in _FIELDS.items()}


class _Example(Payload):
    # Numbers may come as 1 for 1.0.
    model_config = ConfigDict(
        strict=False,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "foreground": "#0b3d2e",
                    "module_shape": "rounded",
                    "eye_frame_shape": "rounded",
                    "frame": "label",
                    "frame_text": "Scan for the menu",
                }
            ]
        },
    )


DesignBody: Any = create_model("DesignBody", __base__=_Example, **_FIELDS)


class _Kept(ResponseModel):
    model_config = _shown(Design(foreground="#0b3d2e", module_shape="rounded").model_dump())


DesignFields: Any = create_model(
    "DesignFields",
    __base__=_Kept,
    **_KEPT,
)


class DamageResponse(ResponseModel):
    kind: str = Field(description="What was done to the printed picture.")
    survived: int = Field(description="How many levels were read, from the least on.")
    levels: int
    words: str = Field(description="The last level that was read.")


class CheckResponse(ResponseModel):
    model_config = _shown(_CHECK)

    verdict: str = Field(description="`passes`, `weak` or `fails`.")
    score: int = Field(description="0 to 100.")
    smallest_mm: float | None = Field(
        description="Width of the printed symbol below which a usual phone no longer reads it."
    )
    distance_mm: int
    phone: str
    advice: str = Field(description="The one change that would help most; empty where none would.")
    advice_change: dict[str, Any] = Field(description="That change, as fields of a design.")
    damages: list[DamageResponse]
    is_overridden: bool = Field(description="Somebody lets it be used though it does not scan.")


class DesignResponse(ResponseModel):
    design: DesignFields
    error_correction_used: ErrorCorrection = Field(
        description="A logo may raise it.", examples=["M"]
    )
    scan_check: CheckResponse


class TemplateBody(Payload):
    name: Text = Field(min_length=1, max_length=100, examples=["Table card"])
    design: DesignBody
    is_default: bool = Field(
        False, description="Whether new codes start with it.", examples=[False]
    )


class TemplateChanges(Payload):
    name: Text | None = Field(None, min_length=1, max_length=100, examples=["Table card"])
    design: DesignBody | None = Field(None, examples=[{"module_shape": "dot"}])
    is_default: bool | None = Field(None, examples=[True])


class TemplateResponse(ResponseModel):
    id: int = Field(examples=[3])
    name: str = Field(examples=["Table card"])
    is_default: bool = Field(examples=[False])
    design: DesignFields


class TemplateList(ResponseModel):
    data: list[TemplateResponse]
    next_cursor: str | None = Field(examples=[None])


class ApplicationBody(Payload):
    code_ids: list[Id] = Field(min_length=1, max_length=1_000, examples=[[42]])
    keep: list[str] = Field(
        default_factory=list,
        max_length=2,
        examples=[["frame_text"]],
        description="Of `frame_text` and `logo`, those that each code keeps.",
    )


class ApplicationResponse(ResponseModel):
    changed: int = Field(examples=[12])
    unchanged: int = Field(examples=[0])


class ImageResponse(ResponseModel):
    model_config = _shown(_IMAGE)

    id: str
    name: str
    kind: str
    width: float
    height: float
    size: int = Field(description="Bytes, as kept.")


class ImageList(ResponseModel):
    data: list[ImageResponse]


class ImageBody(Payload):
    """A file named `file`, as multipart/form-data; or its bytes as base64 in JSON."""

    takes_form = True

    name: Text = Field(
        "",
        max_length=255,
        description="Of the file, where it comes as `data`.",
        examples=["anchor.svg"],
    )
    data: str = Field("", description="The file's bytes as base64.", examples=["PHN2Zy8+"])


def read_design(body: Any) -> Design:
    return Design(**body.model_dump())


def design_response(design: Design, used: ErrorCorrection, check: ScanCheck) -> DesignResponse:
    return DesignResponse(
        design=DesignFields(**design.model_dump()),
        error_correction_used=used,
        scan_check=check_response(check),
    )


def check_response(check: ScanCheck) -> CheckResponse:
    report = check.report
    names = ("verdict", "score", "smallest_mm", "distance_mm", "phone", "advice", "advice_change")
    return CheckResponse(
        **{name: report[name] for name in names},
        damages=[
            DamageResponse(**{k: one[k] for k in ("kind", "survived", "levels", "words")})
            for one in report["survivals"]
        ],
        is_overridden=check.overridden_at is not None,
    )


def template_response(template: DesignTemplate) -> TemplateResponse:
    return TemplateResponse(
        id=template.id,
        name=template.name,
        is_default=template.is_default,
        design=DesignFields(**Design.read(template.design).model_dump()),
    )


def image_response(image: DesignImage) -> ImageResponse:
    names = ("id", "name", "kind", "width", "height", "size")
    return ImageResponse(**{name: getattr(image, name) for name in names})
