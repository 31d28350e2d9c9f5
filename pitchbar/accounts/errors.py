from pitchbar.errors import DomainError, Forbidden


class EmailTaken(DomainError):
    code = "email_taken"
    sentence = "There is an account with this address already. Sign in instead."

    def __init__(self) -> None:
        super().__init__(self.sentence, fields={"email": self.sentence})


class SameAddress(DomainError):
    code = "same_address"

    def __init__(self) -> None:
        sentence = "This is your address already."
        super().__init__(sentence, fields={"email": sentence})


class WrongCredentials(DomainError):
    code = "wrong_credentials"

    def __init__(self) -> None:
        super().__init__("The e-mail address or the password is not right.")


class WeakPassword(DomainError):
    code = "weak_password"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"password": sentence})


class WrongPassword(DomainError):
    """The password that should confirm something; `field` is where it was typed."""

    code = "wrong_password"

    def __init__(self, field: str = "password") -> None:
        sentence = "This is not your password."
        super().__init__(sentence, fields={field: sentence})


class WrongCode(DomainError):
    code = "wrong_code"

    def __init__(self, sentence: str = "") -> None:
        sentence = sentence or "This code is not right, or was used already. Enter a new one."
        super().__init__(sentence, fields={"code": sentence})


class InvalidLink(DomainError):
    """A link of a mail that is tampered with, too old, used, or somebody else's."""

    status = 410
    code = "dead_link"


class AddressNotProven(Forbidden):
    code = "address_not_proven"

    def __init__(self, email: str) -> None:
        super().__init__(
            f"Prove your address first: open the link that we sent to {email}. You can have it "
            "sent again."
        )


class IdentityTaken(DomainError):
    code = "identity_taken"

    def __init__(self) -> None:
        super().__init__("This Google account is linked to another Pitchbar account.")


class LastSignInMethod(DomainError):
    code = "no_other_way_in"

    def __init__(self) -> None:
        super().__init__(
            "Set a password first: without Google there would be no way to sign in to this account."
        )
