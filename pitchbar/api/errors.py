from pitchbar.errors import DomainError


class InvalidPayload(DomainError):
    code = "invalid"


class UnsupportedMediaType(DomainError):
    status = 415
    code = "unsupported_media_type"

    def __init__(self) -> None:
        super().__init__("Send a JSON object with Content-Type: application/json.")


class PreconditionFailed(DomainError):
    """The program wanted to change another state of the thing than the one that is there."""

    status = 412
    code = "precondition_failed"

    def __init__(self) -> None:
        super().__init__("This was changed since you read it. Read it again, then decide.")


class IdempotencyKeyReused(DomainError):
    code = "idempotency_key_reused"

    def __init__(self) -> None:
        sentence = "This Idempotency-Key came with another request before. Use a new one."
        super().__init__(sentence, fields={"Idempotency-Key": "was used for another request"})


class RequestInProgress(DomainError):
    status = 409
    code = "in_progress"
    headers = {"Retry-After": "1"}

    def __init__(self) -> None:
        super().__init__("A request with this Idempotency-Key is still running. Ask again.")
