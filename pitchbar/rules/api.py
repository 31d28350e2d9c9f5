from flask import Blueprint

from pitchbar.accounts.actors import current_actor
from pitchbar.api.endpoints import PathParameter, Topic, endpoint
from pitchbar.api.errors import PreconditionFailed
from pitchbar.api.responses import check_precondition, has_precondition
from pitchbar.codes.models import Code
from pitchbar.codes.queries import get_code
from pitchbar.codes.services import lock_code
from pitchbar.rules.drafts import RuleSet
from pitchbar.rules.payloads import RuleListResponse, rules_response
from pitchbar.rules.queries import list_rules
from pitchbar.rules.services import replace_rules
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import requires_token, shared_limit

TOPIC = Topic(
    25,
    "Rules",
    "Which visitors of a code are led elsewhere. Rules are asked in their order, and the first "
    "that matches decides; where none does, a scan goes to the code's own destination. A rule may "
    "split its visitors over several destinations by weight; each visitor keeps to one of them for "
    "a day.",
    {"code_id": PathParameter("The code's id.", 42)},
)

bp = Blueprint("rules_api", __name__, url_prefix="/api/v1/workspaces/<slug>/codes")
shared_limit(bp)


@bp.get("/<int:code_id>/rules")
@requires_token("read")
@endpoint(TOPIC, response=RuleListResponse)
def index(workspace: Workspace, code_id: int) -> RuleListResponse:
    """List the rules of a code

    In the order in which they are asked, those that are switched off included.
    """
    return rules_response(list_rules(get_code(workspace, code_id)), workspace)


@bp.put("/<int:code_id>/rules")
@requires_token("read-write")
@endpoint(TOPIC, body=RuleSet, response=RuleListResponse, errors=(412, 413, 415, 422))
def replace(workspace: Workspace, code_id: int, payload: RuleSet) -> RuleListResponse:
    """Replace the rules of a code

    All of them at once, in their order: at most 200, with at most 20 conditions each. A rule that
    names the `id` of one that is there is that one, and keeps its figures; a rule that is left out
    goes. Scans follow within two seconds.
    """
    code = _get_locked_code(workspace, code_id)
    rules = replace_rules(code, current_actor(), current_settings(), payload.rules)
    return rules_response(rules, workspace)


def _get_locked_code(workspace: Workspace, code_id: int) -> Code:
    """The code whose rules are those that `If-Match` names, and nobody changes them meanwhile."""
    code = get_code(workspace, code_id)
    check_precondition(rules_response(list_rules(code), workspace))
    if has_precondition() and not lock_code(code):
        raise PreconditionFailed
    return code
