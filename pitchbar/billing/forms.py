from wtforms import HiddenField
from wtforms.validators import AnyOf, Regexp

from pitchbar.forms import Form
from pitchbar.workspaces.plans import FREE, PLANS

_NO_PLAN = "Choose one of the plans that are sold here."


class PlanForm(Form):
    """Which paid plan is to be bought."""

    @property
    def chosen(self) -> str:
        """Its key; empty where none was sent."""
        return str(self.plan.data or "")

    plan = HiddenField(validators=[AnyOf([key for key in PLANS if key != FREE], message=_NO_PLAN)])


class ChangeForm(PlanForm):
    """`at` is the second for which the figures were shown."""

    at = HiddenField(validators=[Regexp(r"\A[0-9]{1,11}\Z", message="Look at the figures again.")])


class OverageForm(Form):
    wants = HiddenField(validators=[AnyOf(("yes", "no"), message="Choose yes or no.")])


class GrantForm(PlanForm):
    """Any plan, by an operator."""

    plan = HiddenField(validators=[AnyOf(list(PLANS), message=_NO_PLAN)])
