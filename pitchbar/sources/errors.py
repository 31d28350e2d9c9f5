from pitchbar.errors import DomainError, NotFound


class SourceNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such source in this workspace. It may have been deleted.")


class GenerationNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such version of this source. Old ones are cleared away.")


class PageNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such page in this source. It may have been read anew.")


class DocumentNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such document in this source. It may have been replaced.")


class InvalidSource(DomainError):
    code = "invalid_source"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence, fields={field: sentence})


class TooManySources(DomainError):
    status = 409
    code = "too_many_sources"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"A workspace can have {limit} sources. Delete one that is not used any more."
        )


class IsBeingRead(DomainError):
    status = 409
    code = "source_is_being_read"

    def __init__(self) -> None:
        super().__init__("This source is being read right now. Wait until that is done.")


class IsPaused(DomainError):
    status = 409
    code = "source_is_paused"

    def __init__(self) -> None:
        super().__init__("This source is paused. Resume it first; nothing was read.")


class CannotGoBack(DomainError):
    status = 409
    code = "cannot_go_back"

    def __init__(self) -> None:
        super().__init__("Answers can go back only to a version that was in use before.")


class IsNotHeld(DomainError):
    status = 409
    code = "version_is_not_held"

    def __init__(self) -> None:
        super().__init__("This version waits for nobody any more. Look at the page anew.")
