from pitchbar.errors import NotFound


class TokenNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such token in this workspace. It may have been revoked.")
