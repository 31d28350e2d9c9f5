"""What programs send and get about imports of codes."""

import json
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Field, JsonValue, WithJsonSchema

from pitchbar.api.paging import NEXT_CURSOR, PageQuery
from pitchbar.api.payloads import Payload, Query, ResponseModel, Text, Timestamp
from pitchbar.transfers.models import CodeImport, CodeImportError

_ERROR: dict[str, JsonValue] = {
    "row": 17,
    "column": "Long URL",
    "message": "This is not a complete web address.",
}
EXAMPLE: dict[str, JsonValue] = {
    "id": 7,
    "file": "links.csv",
    "origin": "bitly",
    "goal": "import",
    "state": "done",
    "columns": ["Title", "Long URL", "Bitlink"],
    "mapping": {"name": "Title", "destination_url": "Long URL", "short_code": "Bitlink"},
    "rows": 240,
    "checked": 240,
    "to_create": 238,
    "skipped": 2,
    "error_count": 0,
    "created": 238,
    "removed": 0,
    "problem": "",
    "created_at": "2026-03-02T09:15:00+00:00",
    "ended_at": "2026-03-02T09:15:02+00:00",
}


def _read_mapping(value: Any) -> Any:
    """A form has it as the text of a JSON object."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise ValueError("has to be a JSON object of fields and columns") from None


def _read_flag(value: Any) -> Any:
    return {"true": True, "false": False, "1": True, "0": False}.get(str(value).lower(), value)


Flag = Annotated[bool, BeforeValidator(_read_flag), WithJsonSchema({"type": "boolean"})]


class NewImport(Payload):
    """Sent as `multipart/form-data`, with the table as `file`: CSV, TSV or XLSX. As JSON, with the
    text of the table in `table`.
    """

    takes_form: ClassVar[bool] = True
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"table": "name,destination\nMenu,https://shop.example/menu\n", "dry_run": True}
            ]
        }
    )

    table: str = Field("", description="The table as text, where no file is sent.")
    mapping: Annotated[dict[str, str] | None, BeforeValidator(_read_mapping)] = Field(
        None,
        description="Our fields and the names of their columns, as a JSON object. Without it, the "
        "columns are recognised by their names.",
    )
    dry_run: Flag = Field(False, description="Whether the file is looked through alone.")
    domain: Text = Field(
        "", max_length=253, description="The own domain that the codes shall be on; ours if empty."
    )
    taken: Literal["error", "random"] = Field(
        "error", description="What becomes of short codes that are taken or cannot be had."
    )
    skip_same: Flag = Field(False, description="Leaves rows out that are there as codes already.")


class ImportResponse(ResponseModel):
    """Poll it until `state` is `checked`, `done`, `failed` or `undone`."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: int
    file: str
    origin: str = Field(description="Which service wrote the file, where its columns tell.")
    goal: Literal["check", "import", "undo"]
    state: Literal["draft", "waiting", "running", "checked", "done", "failed", "undone"]
    columns: list[str]
    mapping: dict[str, str]
    rows: int
    checked: int = Field(description="How many rows were looked at.")
    to_create: int
    skipped: int
    error_count: int = Field(description="With any, nothing is imported.")
    created: int
    removed: int = Field(description="How many of them an undo took back.")
    problem: str = Field(description="What stands against the whole file, as a sentence.")
    created_at: Timestamp
    ended_at: Timestamp | None


class ImportErrorResponse(ResponseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [_ERROR]})

    row: int = Field(description="As a spreadsheet counts; the head is row 1.")
    column: str = Field(description="Its name; empty for the row as a whole.")
    message: str


class ImportErrorList(ResponseModel):
    data: list[ImportErrorResponse]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


class ErrorsQuery(PageQuery):
    pass


class RedirectsQuery(Query):
    host: Text = Field(
        "", max_length=260, description="Ours, or an own domain; ours where it is left out."
    )


def import_response(one: CodeImport) -> ImportResponse:
    names = (
        *("id", "origin", "goal", "state", "columns", "rows", "checked", "to_create", "skipped"),
        *("error_count", "created", "removed", "problem", "created_at", "ended_at"),
    )
    values: dict[str, Any] = {name: getattr(one, name) for name in names}
    mapping = {name: one.columns[place] for name, place in one.mapping.items()}
    return ImportResponse(**values, file=one.file_name, mapping=mapping)


def error_response(one: CodeImportError) -> ImportErrorResponse:
    return ImportErrorResponse(row=one.row_number, column=one.column_name, message=one.message)
