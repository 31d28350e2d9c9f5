from wtforms import HiddenField, RadioField
from wtforms.validators import AnyOf, DataRequired, Regexp

from pitchbar.forms import Form
from pitchbar.workspaces.plans import FREE, PLANS

_PAID = [(key, plan.name) for key, plan in PLANS.items() if key != FREE]


class PlanForm(Form):
    """Which paid plan is to be bought."""

    plan = RadioField(
        "Plan", choices=_PAID, validators=[DataRequired("Choose a plan.")], validate_choice=True
    )


class ChangeForm(PlanForm):
    """`at` is the second for which the figures were shown."""

    at = HiddenField(validators=[Regexp(r"\A[0-9]{1,11}\Z", message="Look at the figures again.")])


class OverageForm(Form):
    wants = HiddenField(validators=[AnyOf(("yes", "no"), message="Choose yes or no.")])


class GrantForm(Form):
    """Any plan, by an operator."""

    plan = RadioField(
        "Plan",
        choices=[(key, plan.name) for key, plan in PLANS.items()],
        validators=[DataRequired("Choose a plan.")],
    )
