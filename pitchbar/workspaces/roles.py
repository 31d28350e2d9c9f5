"""What each role may do, as data. Views ask for a right, never for a role."""

OWNER, ADMIN, EDITOR, ANALYST, MEMBER = ROLES = ("owner", "admin", "editor", "analyst", "member")

RIGHTS: dict[str, frozenset[str]] = {
    "view": frozenset(ROLES),
    "edit_codes": frozenset({OWNER, ADMIN, EDITOR}),
    "delete_codes": frozenset({OWNER}),
    "manage_tokens": frozenset({OWNER, ADMIN}),
}


def role_may(role: str | None, right: str) -> bool:
    """Raises KeyError for an unknown right, so that a typing error never opens a door."""
    return role in RIGHTS[right]
