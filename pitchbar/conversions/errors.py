from pitchbar.errors import DomainError, NotFound


class SpoolFull(DomainError):
    status = 503
    code = "unavailable"
    headers = {"Retry-After": "5"}

    def __init__(self) -> None:
        super().__init__("Conversions cannot be kept just now. Send this one again in a moment.")


class KeyNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("This workspace has no such key any more.")
