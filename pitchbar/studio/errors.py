from pitchbar.errors import DomainError, NotFound


class TemplateNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such template in this workspace. It may have been deleted.")


class ImageNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such image in this workspace. It may have been deleted.")


class DesignEditNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("This can no longer be undone.")


class InvalidDesign(DomainError):
    """`name` is the field's."""

    code = "invalid_design"

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence, fields={name: sentence})


class ImageInUse(DomainError):
    code = "image_in_use"
    status = 409

    def __init__(self, where: str) -> None:
        super().__init__(f"This image stands in {where}. Take it out there first.")


class TooManyImages(DomainError):
    code = "too_many_images"
    status = 409

    def __init__(self, most: int) -> None:
        super().__init__(f"A workspace keeps {most} logos at most. Delete one first.")


class TooManyTemplates(DomainError):
    code = "too_many_templates"
    status = 409

    def __init__(self, most: int) -> None:
        super().__init__(f"A workspace keeps {most} templates at most. Delete one first.")


class StorageAway(DomainError):
    code = "storage_unavailable"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            "The logo cannot be reached right now. Nothing is lost; try again in a moment."
        )


class DoesNotScan(DomainError):
    code = "design_does_not_scan"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            "This design does not scan, so it is not handed out. Open the design to see why, or "
            "to download it all the same."
        )


class NothingToOverride(DomainError):
    code = "nothing_to_override"
    status = 409

    def __init__(self) -> None:
        super().__init__("This design scans: it can be downloaded as it is.")
