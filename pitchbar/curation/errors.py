from pitchbar.errors import DomainError, NotFound


class CuratedNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such answer in this workspace. It may have been deleted.")


class GapNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such question of this agent. It may have been forgotten.")


class InvalidCurated(DomainError):
    code = "invalid_answer"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence, fields={field: sentence})


class TooManyCurated(DomainError):
    status = 409
    code = "too_many_answers"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"A workspace can have {limit} answers of its own. Delete one that is not needed."
        )
