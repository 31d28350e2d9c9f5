from pitchbar.errors import DomainError, NotFound


class AgentNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such agent in this workspace. It may have been deleted.")


class VersionNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such version of this agent. Old ones are cleared away.")


class InvalidAgent(DomainError):
    code = "invalid_agent"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence, fields={field: sentence})


class InvalidFields(InvalidAgent):
    """All that is not fit, by field; triggers by their place, as in `triggers.0.value`."""

    def __init__(self, fields: dict[str, str]) -> None:
        DomainError.__init__(self, next(iter(fields.values())), fields=fields)


class TooManyAgents(DomainError):
    status = 409
    code = "too_many_agents"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"A workspace can have {limit} agents. Delete one that is not used any more."
        )


class NothingToPublish(DomainError):
    status = 409
    code = "nothing_to_publish"

    def __init__(self) -> None:
        super().__init__("Visitors already meet it like this: nothing has changed since.")


class NotPublished(DomainError):
    status = 409
    code = "not_published"

    def __init__(self) -> None:
        super().__init__("It is not published, so there is nothing to take back.")
