from pitchbar.errors import DomainError, NotFound


class ConversationNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "There is no such conversation in this workspace, or its visitor has had it deleted."
        )


class ConversationGone(DomainError):
    status = 410
    code = "gone"

    def __init__(self) -> None:
        super().__init__(
            "The visitor has had everything of them deleted, also this conversation. "
            "Nothing was sent."
        )


class HeldByAnother(DomainError):
    status = 409
    code = "held"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} has taken this conversation over.")


class NotHeld(DomainError):
    status = 409
    code = "not_held"

    def __init__(self) -> None:
        super().__init__("Nobody holds this conversation any more.")


class CannotTakeOver(DomainError):
    status = 403
    code = "forbidden"

    def __init__(self) -> None:
        super().__init__("Your role in this workspace does not answer visitors any more.")


class CannotBeGiven(DomainError):
    def __init__(self) -> None:
        sentence = "Choose a member whose role answers visitors."
        super().__init__(sentence, fields={"person_id": sentence})


class InvalidSnooze(DomainError):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"until": sentence})


class EmptyNote(DomainError):
    def __init__(self, sentence: str = "Write a few words.") -> None:
        super().__init__(sentence, fields={"text": sentence})


class InvalidTag(DomainError):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"name": sentence})


class InvalidReply(DomainError):
    """Of a canned reply; all that is wrong is told at once."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("Some fields need a correction.", fields=fields)


class ReplyNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such canned reply in this workspace.")
