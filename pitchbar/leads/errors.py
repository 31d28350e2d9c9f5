from pitchbar.errors import DomainError, NotFound


class LeadNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such lead. It may have been deleted, or erased on a wish.")


class InvalidLead(DomainError):
    code = "invalid_lead"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence, fields={field: sentence})


class NothingChosen(DomainError):
    code = "nothing_chosen"

    def __init__(self) -> None:
        super().__init__("Nothing to do: choose leads in the list first.")
