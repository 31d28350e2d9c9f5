from pitchbar.errors import DomainError, NotFound


class SavedViewNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such view in this workspace. It may have been deleted.")


class SavedViewTaken(DomainError):
    code = "saved_view_taken"

    def __init__(self, name: str) -> None:
        sentence = f"There is a view “{name}” already. Choose another name."
        super().__init__(sentence, fields={"name": sentence})


class TooManySavedViews(DomainError):
    code = "too_many_saved_views"

    def __init__(self, most: int) -> None:
        sentence = f"A workspace keeps {most} views at most. Delete one first."
        super().__init__(sentence, fields={"name": sentence})
