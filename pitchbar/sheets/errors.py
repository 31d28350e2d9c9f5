from pitchbar.errors import DomainError, NotFound


class SheetNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such sheet in this workspace. Sheets are kept for a week.")


class InvalidSheet(DomainError):
    """Of fields of the options, or of the codes."""

    code = "invalid_sheet"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(next(iter(fields.values())), fields=fields)
