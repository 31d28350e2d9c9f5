from pitchbar.errors import DomainError, NotFound


class CodeNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such code in this workspace. It may have been deleted.")


class DestinationNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("This code has never led there.")


class InvalidDestination(DomainError):
    """`meant` is the address that was probably meant, if one can be told; the sentence names it."""

    code = "invalid_destination"

    def __init__(self, sentence: str, meant: str = "") -> None:
        self.meant = meant
        sentence = f"{sentence} Did you mean {meant}?" if meant else sentence
        super().__init__(sentence, fields={"destination_url": sentence})


class InvalidFallback(DomainError):
    code = "invalid_fallback"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"fallback_url": sentence})


class ShortCodeTaken(DomainError):
    code = "short_code_taken"

    def __init__(self, short_code: str) -> None:
        sentence = f"“{short_code}” is taken. Choose another, or leave it empty for a random one."
        super().__init__(sentence, fields={"short_code": sentence})


class InvalidShortCode(DomainError):
    code = "invalid_short_code"

    def __init__(self) -> None:
        sentence = "Use 3 to 64 letters, digits, hyphens or underscores."
        super().__init__(sentence, fields={"short_code": sentence})


class UnusableDomain(DomainError):
    code = "unusable_domain"

    def __init__(self, name: str, *, is_waiting: bool) -> None:
        sentence = f"{name} is not among the domains of this workspace."
        if is_waiting:
            sentence = f"{name} waits for its proof: codes can be on it once it is verified."
        super().__init__(sentence, fields={"domain": sentence})


class AddressStays(DomainError):
    """A short code was given without a domain to move to."""

    code = "short_code_stays"

    def __init__(self) -> None:
        sentence = "The short code is printed and cannot change. With a domain, it can be moved."
        super().__init__(sentence, fields={"short_code": sentence})


class WrongConfirmation(DomainError):
    code = "wrong_confirmation"

    def __init__(self) -> None:
        sentence = "This is not the name of the code. Nothing was deleted."
        super().__init__(sentence, fields={"confirmation": sentence})


class InvalidTimes(DomainError):
    """Of start and end; `name` is the field's."""

    code = "invalid_times"

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence, fields={name: sentence})


class InvalidScanLimit(DomainError):
    code = "invalid_scan_limit"

    def __init__(self, most: int) -> None:
        sentence = f"Use a whole number from 1 to {most:,}."
        super().__init__(sentence, fields={"scan_limit": sentence})


class InvalidPassword(DomainError):
    code = "invalid_password"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"password": sentence})


class InvalidCampaign(DomainError):
    code = "invalid_campaign"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"campaign": sentence})


class CodeEditNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("This can no longer be undone.")
