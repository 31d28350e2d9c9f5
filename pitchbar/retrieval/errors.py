from pitchbar.errors import DomainError


class SearchUnavailable(DomainError):
    status = 503
    code = "search_unavailable"

    def __init__(self) -> None:
        super().__init__("Sources cannot be searched for the moment. Ask again in a minute.")
