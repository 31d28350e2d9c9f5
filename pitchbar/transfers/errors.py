from pitchbar.errors import DomainError, NotFound


class UnreadableTable(DomainError):
    """Of a file that is no table that we read."""

    code = "unreadable_file"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"file": sentence})


class InvalidMapping(DomainError):
    """`name` is the field's that has the wrong column."""

    code = "invalid_mapping"

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence, fields={name: sentence})


class ImportNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such import in this workspace.")


class ImportNotReady(DomainError):
    """What was asked for is not possible in the state that the import is in."""

    status = 409
    code = "import_not_ready"


class TooManyImports(DomainError):
    status = 409
    code = "too_many_imports"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"{most} imports wait already. Finish or discard one of them first.",
            fields={"file": f"{most} imports wait already. Finish or discard one of them first."},
        )


class UnknownMap(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such host among the addresses of this workspace.")
