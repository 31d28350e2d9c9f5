from pitchbar.errors import DomainError, NotFound


class EndpointNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such webhook in this workspace. It may have been removed.")


class DeliveryNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such delivery. The log keeps them for a while only.")


class InvalidUrl(DomainError):
    code = "invalid_url"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"url": sentence})


class InvalidEvents(DomainError):
    code = "invalid_events"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"events": sentence})


class TooManyEndpoints(DomainError):
    status = 409
    code = "too_many_webhooks"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"A workspace can have {limit} webhooks. Remove one that is not used any more."
        )


class EndpointIsOff(DomainError):
    status = 409
    code = "webhook_is_off"

    def __init__(self) -> None:
        super().__init__("This webhook is switched off. Switch it on first; nothing was sent.")
