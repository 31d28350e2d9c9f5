from wtforms import SelectField

from pitchbar.accounts.forms import SignUpForm
from pitchbar.forms import Form, email_field
from pitchbar.workspaces.members.forms import role_choices
from pitchbar.workspaces.roles import MEMBER


class InviteForm(Form):
    """Only the roles that the person may give can be chosen."""

    email = email_field("E-mail")
    role = SelectField("Role", default=MEMBER)

    def __init__(self, roles: tuple[str, ...]) -> None:
        super().__init__()
        self.role.choices = role_choices(roles)


class JoinForm(SignUpForm):
    """An account for whoever opened the invitation: its address is the one that was invited."""

    email = None  # type: ignore[assignment]  # how WTForms drops a field
