from tests.support.changes import Change

_FORM = {"agent": "", "first": "", "last": "", "status": "", "kind": "csv"}

CHANGES = {"POST /w/<slug>/conversations/exports": Change(_FORM)}
