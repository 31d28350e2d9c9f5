from pitchbar.errors import DomainError


class StatisticsUnavailable(DomainError):
    """What boards read could not be asked, or took too long."""

    status = 503
    code = "statistics_unavailable"
    headers = {"Retry-After": "10"}

    def __init__(self) -> None:
        super().__init__(
            "These figures take longer than we wait for them. Ask for a shorter time or with fewer "
            "filters, or try again in a moment."
        )
