from pitchbar.errors import DomainError, NotFound


class AnnotationNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such note in this workspace. It may have been deleted.")


class TooManyAnnotations(DomainError):
    code = "too_many_annotations"

    def __init__(self, most: int) -> None:
        super().__init__(f"A workspace keeps {most:,} notes at most. Delete old ones first.")
