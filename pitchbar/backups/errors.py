from pitchbar.errors import DomainError


class BackupError(DomainError):
    """A backup could not be made, read or brought back; the message says why and what to do."""

    status = 500
    code = "backup"


class BackupRunning(BackupError):
    status = 409

    def __init__(self) -> None:
        super().__init__(
            "A backup, drill or restore of this database is running already. Wait until it has "
            "ended; one that was killed stands in the way of nobody."
        )
