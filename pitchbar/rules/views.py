from dataclasses import dataclass

from flask import Blueprint, Response, flash, request, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.codes.models import Code
from pitchbar.codes.queries import get_code
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.core.time_zones import list_time_zones
from pitchbar.errors import DomainError
from pitchbar.extensions import db
from pitchbar.rules import choices
from pitchbar.rules.cards import Card, deal_cards
from pitchbar.rules.drafts import read_rules
from pitchbar.rules.edited import EditedRules, edit_kept, read_edited
from pitchbar.rules.edits import edit
from pitchbar.rules.errors import InvalidRules
from pitchbar.rules.examples import EXAMPLES
from pitchbar.rules.figures import NO_RULE, load_comparisons, load_figures
from pitchbar.rules.forms import drawing_limit, take_long_lists
from pitchbar.rules.phrases import capital
from pitchbar.rules.queries import list_rules
from pitchbar.rules.saving import as_json, save_rules, version_of
from pitchbar.rules.simulation import Described, read_described, simulate
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("rules", __name__, url_prefix="/w/<slug>/codes/<int:code_id>/rules")


@dataclass(frozen=True)
class Refusal:
    """What was wrong with a list, by place, and what with all of it."""

    fields: dict[str, str]
    message: str = ""


_NOTHING_WRONG = Refusal({})


bp.url_value_preprocessor(take_long_lists)
bp.add_app_template_filter(choices.language_name, "language_name")
bp.add_app_template_filter(capital, "capital")


@bp.app_template_filter("zone_city")
def zone_city(name: str) -> str:
    """ "America/New_York" as "New York"."""
    return name.rpartition("/")[2].replace("_", " ")


@bp.get("")
@requires("view")
def index(workspace: Workspace, code_id: int) -> Response:
    code = get_code(workspace, code_id)
    rules = list_rules(code)
    edited = edit_kept(map(as_json, rules), version_of(rules))
    return _render(workspace, code, edited, read_described(request.args, workspace))


@bp.post("")
@requires("edit_codes")
@form_on("rules.index")
def update(workspace: Workspace, code_id: int) -> Response:
    code = get_code(workspace, code_id)
    edited = read_edited(request.form)
    edited.is_checked = True
    try:
        rules = save_rules(code, current_actor(), current_settings(), edited)
    except DomainError as error:
        db.session.rollback()
        return _render_refused(workspace, get_code(workspace, code_id), edited, error)
    db.session.commit()
    count = sum(rule.is_enabled for rule in rules)
    words = "Scans follow them" if count else "Every scan goes to the code's destination"
    flash(f"Rules saved. {words} within two seconds.", "success")
    return go_to(url_for("rules.index", slug=workspace.slug, code_id=code_id))


@bp.post("/draft")
@requires("view")
@drawing_limit
@form_on("rules.index")
def draft(workspace: Workspace, code_id: int) -> Response:
    """Draws the list as it was sent, after what a button does to it; nothing is kept."""
    code = get_code(workspace, code_id)
    edited = read_edited(request.form)
    edit(edited, request.form.get("act", ""))
    refusal = _look_over(edited) if edited.is_checked else _NOTHING_WRONG
    described = read_described(request.form, workspace)
    return _render(workspace, code, edited, described, refusal)


def _look_over(edited: EditedRules) -> Refusal:
    try:
        read_rules(edited.as_json(), current_settings())
    except InvalidRules as error:
        return Refusal(error.fields)
    return _NOTHING_WRONG


def _render_refused(
    workspace: Workspace, code: Code, edited: EditedRules, error: DomainError
) -> Response:
    if isinstance(error, InvalidRules):
        refusal = Refusal(error.fields, error.fields.get("rules", ""))
    else:
        # Who saves again after this sentence means it.
        edited.version = version_of(list_rules(code))
        refusal = Refusal({}, error.message)
    described = read_described(request.form, workspace)
    return _render(workspace, code, edited, described, refusal, http_status=422)


def _render(
    workspace: Workspace,
    code: Code,
    edited: EditedRules,
    described: Described,
    refusal: Refusal = _NOTHING_WRONG,
    http_status: int = 200,
) -> Response:
    figures = load_figures(workspace, code)
    cards = deal_cards(
        edited,
        workspace.time_zone,
        figures=figures,
        comparisons=load_comparisons(workspace, code),
        wrong=refusal.fields,
    )
    if http_status == 422:
        _open_wrong_ones(cards)
    kept = edit_kept(map(as_json, list_rules(code)))
    return render(
        "rules/index.html",
        "rules/_editor.html",
        code=code,
        cards=cards,
        edited=edited,
        refusal=refusal,
        is_changed=edited.as_json() != kept.as_json(),
        rest=figures.get(NO_RULE) if figures else None,
        simulation=simulate(workspace, code, current_settings(), edited, described),
        described=described,
        choices=choices,
        time_zones=list_time_zones,
        examples=EXAMPLES,
        http_status=http_status,
    )


def _open_wrong_ones(cards: list[Card]) -> None:
    """What needs a correction is seen."""
    for card in cards:
        card.rule.is_open = card.rule.is_open or bool(card.wrong)
