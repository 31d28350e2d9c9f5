from pitchbar.errors import DomainError, NotFound


class JobGone(NotFound):
    def __init__(self) -> None:
        super().__init__("This job is gone; finished jobs are kept for a while only.")


class JobBusy(DomainError):
    status = 409
    code = "job_busy"

    def __init__(self) -> None:
        super().__init__("This job is running. Wait until it ends.")
