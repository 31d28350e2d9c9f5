from pitchbar.errors import DomainError, NotFound


class JobGone(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such job. Finished jobs are removed after a while.")


class JobIsRunning(DomainError):
    code = "job_is_running"

    def __init__(self) -> None:
        super().__init__("The job is running. Wait until it ends.")


class UnusableArguments(DomainError):
    code = "unusable_arguments"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"arguments": sentence})
