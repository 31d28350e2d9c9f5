from pitchbar.errors import DomainError


class EmailTaken(DomainError):
    code = "email_taken"

    def __init__(self) -> None:
        sentence = "There is an account with this address already. Sign in instead."
        super().__init__(sentence, fields={"email": sentence})


class WrongCredentials(DomainError):
    code = "wrong_credentials"

    def __init__(self) -> None:
        super().__init__("The e-mail address or the password is not right.")
