from pitchbar.errors import DomainError, NotFound


class RuleNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("This alert is gone, or was never here.")


class InvalidRule(DomainError):
    """`fields` says what is wrong with which."""

    code = "invalid"
    status = 422

    def __init__(self, **fields: str) -> None:
        super().__init__("Check the alert.", fields=fields)


class TooManyRules(DomainError):
    code = "too_many_alerts"
    status = 422

    def __init__(self, most: int) -> None:
        super().__init__(
            f"A workspace has at most {most:,} alerts. Remove one that nobody needs any more."
        )
