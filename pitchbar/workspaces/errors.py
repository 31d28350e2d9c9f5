from pitchbar.errors import DomainError, Forbidden, NotFound


class MemberNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("This person is not in the workspace. They may have left meanwhile.")


class InvitationNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such invitation in this workspace.")


class InvalidInvitationLink(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "This invitation link is not complete. Open it from the e-mail once more, or ask "
            "whoever invited you for a new one."
        )


class OfferNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "There is no such offer any more. It may have been withdrawn or taken up already."
        )


class RoleNotAssignable(Forbidden):
    def __init__(self) -> None:
        super().__init__("Your role does not reach this person or this role.")


class UnknownRole(DomainError):
    code = "unknown_role"

    def __init__(self) -> None:
        super().__init__(
            "Choose one of the roles that you may give.", fields={"role": "Choose one."}
        )


class OwnerCannotLeave(DomainError):
    code = "owner_stays"

    def __init__(self) -> None:
        super().__init__(
            "A workspace has an owner at all times. Hand the ownership over first, then leave."
        )


class ConcurrentChange(DomainError):
    status = 409
    code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__("Somebody else changed this in the same moment. Look again, then decide.")


class AlreadyMember(DomainError):
    code = "already_member"

    def __init__(self, email: str) -> None:
        sentence = f"{email} is in this workspace already."
        super().__init__(sentence, fields={"email": sentence})


class AlreadyInvited(DomainError):
    code = "already_invited"

    def __init__(self, email: str) -> None:
        sentence = f"{email} has an open invitation already. You can send it again below."
        super().__init__(sentence, fields={"email": sentence})


class InvitationClosed(DomainError):
    """The invitation is not open (any more); `state` says why."""

    status = 410
    code = "invitation_closed"

    _SENTENCES = {
        "accepted": "This invitation was accepted already.",
        "revoked": "This invitation was withdrawn.",
        "expired": "This invitation has expired.",
        "deleting": "This workspace is being deleted, so nobody can join it.",
    }

    def __init__(self, state: str) -> None:
        super().__init__(self._SENTENCES[state])
        self.state = state


class WrongAccount(Forbidden):
    def __init__(self, email: str) -> None:
        super().__init__(f"This invitation is for {email}. Sign in with that address to accept it.")


class SlugTaken(DomainError):
    code = "slug_taken"

    def __init__(self, slug: str) -> None:
        sentence = f"“{slug}” is taken by another workspace."
        super().__init__(sentence, fields={"slug": sentence})


class WrongConfirmation(DomainError):
    code = "wrong_confirmation"

    def __init__(self) -> None:
        sentence = "This is not the name of the workspace. Nothing was changed."
        super().__init__(sentence, fields={"confirmation": sentence})


class WorkspaceBeingDeleted(Forbidden):
    def __init__(self) -> None:
        super().__init__(
            "This workspace is being deleted and can only be looked at. Its owner can undo that."
        )


class TooManyTokens(DomainError):
    code = "too_many_tokens"

    def __init__(self, limit: int, count: int) -> None:
        sentence = f"A workspace has {limit} tokens at most. Revoke one that nothing uses any more."
        super().__init__(sentence, fields={"name": sentence})
        self.details = {"limit": limit, "count": count}


class TokenNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such token in this workspace. It may have been revoked.")


class WrongAddress(DomainError):
    code = "wrong_confirmation"

    def __init__(self) -> None:
        sentence = "This is not the address of your account. Nothing was changed."
        super().__init__(sentence, fields={"confirmation": sentence})


class OwnsWorkspaces(DomainError):
    code = "owns_workspaces"

    def __init__(self, names: list[str]) -> None:
        listed = ", ".join(f"“{name}”" for name in names)
        super().__init__(f"You own {listed}. Give away or delete what is yours, then come back.")
