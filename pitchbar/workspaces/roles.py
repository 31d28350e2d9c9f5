"""What each role may do, as data. Views ask for a right, never for a role."""

OWNER, ADMIN, EDITOR, ANALYST, MEMBER = ROLES = ("owner", "admin", "editor", "analyst", "member")

_MANAGERS = frozenset({OWNER, ADMIN})

RIGHTS: dict[str, frozenset[str]] = {
    "view": frozenset(ROLES),
    "edit_codes": frozenset({OWNER, ADMIN, EDITOR}),
    "edit_alerts": _MANAGERS,
    "edit_sources": frozenset({OWNER, ADMIN, EDITOR}),
    "edit_agents": frozenset({OWNER, ADMIN, EDITOR}),
    "answer_conversations": frozenset({OWNER, ADMIN, EDITOR}),
    "edit_leads": frozenset({OWNER, ADMIN, EDITOR}),
    "export": frozenset({OWNER, ADMIN, ANALYST}),
    "manage_members": _MANAGERS,
    "manage_tokens": _MANAGERS,
    "manage_domains": _MANAGERS,
    "manage_webhooks": _MANAGERS,
    "manage_settings": _MANAGERS,
    "view_audit": _MANAGERS,
    "handle_privacy": _MANAGERS,
    "delete_codes": frozenset({OWNER}),
    "transfer_ownership": frozenset({OWNER}),
    "delete_workspace": frozenset({OWNER}),
    "manage_billing": frozenset({OWNER}),
}

# What stays possible while a deletion can still be undone: looking, taking along, undoing.
RIGHTS_DURING_DELETION = frozenset(
    {"view", "export", "view_audit", "handle_privacy", "delete_workspace"}
)

# In a person's words, for whoever chooses a role for somebody.
ROLE_DESCRIPTIONS = {
    OWNER: "Everything, also billing, deleting codes and the workspace itself",
    ADMIN: "Edits codes, sources and agents; manages members, domains, settings and tokens",
    EDITOR: "Creates and edits codes, sources and agents; answers visitors, works on leads",
    ANALYST: "Sees everything and exports it; changes nothing",
    MEMBER: "Sees codes, figures, conversations and leads; downloads QR images",
}


def role_may(role: str | None, right: str) -> bool:
    """Raises KeyError for an unknown right, so that a typing error never opens a door."""
    return role in RIGHTS[right]


def assignable_roles(role: str | None) -> tuple[str, ...]:
    """The roles that somebody in `role` may give and take. An admin touches neither the owner nor
    other admins; ownership itself moves by an offer only.
    """
    if role == OWNER:
        return (ADMIN, EDITOR, ANALYST, MEMBER)
    return (EDITOR, ANALYST, MEMBER) if role == ADMIN else ()
