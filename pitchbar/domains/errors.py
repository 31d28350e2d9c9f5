from pitchbar.errors import DomainError, NotFound


class DomainNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such domain in this workspace. It may have been removed.")


class InvalidHost(DomainError):
    code = "invalid_host"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"host": sentence})


class DomainTaken(DomainError):
    status = 422
    code = "domain_taken"

    def __init__(self, name: str) -> None:
        sentence = f"{name} is among the domains of this workspace already."
        super().__init__(sentence, fields={"host": sentence})


class InvalidTarget(DomainError):
    """An address to which a domain leads cannot be used; `field` is where it was typed."""

    code = "invalid_destination"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence, fields={field: sentence})


class WrongConfirmation(DomainError):
    code = "wrong_confirmation"

    def __init__(self) -> None:
        sentence = "This is not the name of the domain. Nothing was removed."
        super().__init__(sentence, fields={"confirmation": sentence})
