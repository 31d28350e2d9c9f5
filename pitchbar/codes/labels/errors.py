from pitchbar.errors import DomainError, NotFound


class LabelNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such label in this workspace. It may have been deleted.")


class InvalidLabels(DomainError):
    """Of what was typed as the labels of a code."""

    code = "invalid_labels"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"labels": sentence})


class InvalidLabelName(DomainError):
    code = "invalid_label"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"name": sentence})


class LabelTaken(DomainError):
    code = "label_taken"

    def __init__(self, name: str) -> None:
        sentence = f"There is a label “{name}” already. To make one of the two, merge them."
        super().__init__(sentence, fields={"name": sentence})


class TooManyLabels(DomainError):
    """Of a workspace."""

    code = "too_many_labels"

    def __init__(self, most: int, field: str) -> None:
        sentence = f"A workspace has {most} labels at most. Merge or delete some first."
        super().__init__(sentence, fields={field: sentence})


class InvalidMerge(DomainError):
    code = "invalid_merge"

    def __init__(self) -> None:
        sentence = "Choose another label to merge this one into."
        super().__init__(sentence, fields={"into": sentence})
