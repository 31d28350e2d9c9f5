from tests.support.changes import Change

CHANGES = {"POST /w/<slug>/summary/subscription": Change({"wanted": "no"})}
