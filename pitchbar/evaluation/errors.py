from pitchbar.errors import DomainError, NotFound


class QuestionNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such test question of this agent. It may have been deleted.")


class RunNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such run of this agent. Old ones are cleared away.")


class InvalidQuestion(DomainError):
    code = "invalid_question"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence, fields={field: sentence})


class TooManyQuestions(DomainError):
    status = 409
    code = "too_many_questions"

    def __init__(self, limit: int) -> None:
        super().__init__(f"An agent can have {limit} test questions. Delete some first.")


class NothingToRun(DomainError):
    status = 409
    code = "nothing_to_run"

    def __init__(self) -> None:
        super().__init__("There is no test question yet. Add one first.")


class IsRunning(DomainError):
    status = 409
    code = "is_running"

    def __init__(self) -> None:
        super().__init__("A run is under way. Its figures are here in a moment.")
