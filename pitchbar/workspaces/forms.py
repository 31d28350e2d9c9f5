from datetime import date
from typing import Any
from zoneinfo import available_timezones

from wtforms import DateField, EmailField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Email, Length, Optional, Regexp

from pitchbar.accounts.forms import SignUpForm
from pitchbar.forms import Form, NoControlCharacters, SelectChoice, strip
from pitchbar.workspaces.roles import MEMBER


def time_zones() -> list[Any]:
    """Names a person can choose: "UTC" first, then by region, without the historic aliases."""
    regions = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/")
    named = sorted(
        zone for zone in available_timezones() if zone.startswith((*regions, "Pacific/"))
    )
    return [SelectChoice(zone, zone.replace("_", " ")) for zone in ("UTC", *named)]


class WorkspaceForm(Form):
    name = StringField(
        "Workspace name",
        filters=[strip],
        validators=[
            DataRequired("Give the workspace a name."),
            Length(max=100, message="Use at most 100 characters."),
            NoControlCharacters(),
        ],
    )
    time_zone = SelectField("Time zone", default="UTC", choices=time_zones)


class TokenForm(Form):
    name = StringField(
        "Name",
        filters=[strip],
        validators=[
            DataRequired("Give the token a name."),
            Length(max=100, message="Use at most 100 characters."),
            NoControlCharacters(),
        ],
    )
    scope = RadioField(
        "Scope",
        default="read",
        choices={"read": "Read", "read-write": "Read and write"},
    )


class SettingsForm(WorkspaceForm):
    slug = StringField(
        "Address",
        filters=[strip, lambda value: value and value.lower()],
        validators=[
            DataRequired("Give the workspace an address."),
            Length(max=40, message="Use at most 40 characters."),
            Regexp(
                r"^[a-z0-9]+(-[a-z0-9]+)*$",
                message="Use letters a to z, digits, and single hyphens between them.",
            ),
        ],
    )


def role_choices(roles: tuple[str, ...]) -> list[Any]:
    return [SelectChoice(role, role.capitalize()) for role in roles]


class InviteForm(Form):
    """Only the roles that the person may give can be chosen."""

    email = EmailField(
        "E-mail",
        filters=[strip],
        validators=[
            DataRequired("Enter an e-mail address."),
            Length(max=254, message="Use at most 254 characters."),
            Email("This is not an e-mail address."),
        ],
    )
    role = SelectField("Role", default=MEMBER)

    def __init__(self, roles: tuple[str, ...]) -> None:
        super().__init__()
        self.role.choices = role_choices(roles)


class RoleForm(Form):
    role = SelectField("Role")

    def __init__(self, roles: tuple[str, ...]) -> None:
        super().__init__()
        self.role.choices = role_choices(roles)


class ConfirmationForm(Form):
    """For acts that take the workspace's name typed."""

    confirmation = StringField("Name of the workspace")


class JoinForm(SignUpForm):
    """An account for whoever opened the invitation: its address is the one that was invited."""

    email = None  # type: ignore[assignment]  # how WTForms drops a field


class AuditFilterForm(Form):
    """What the log shows, in the address: so it has no token."""

    class Meta:
        csrf = False

    action = StringField("Action", filters=[strip], validators=[NoControlCharacters()])
    actor = StringField("Person", filters=[strip], validators=[NoControlCharacters()])
    since = DateField("From", validators=[Optional()])
    until = DateField("To", validators=[Optional()])

    def text(self, name: str) -> str:
        field = self._fields[name]
        return "" if field.errors else (field.data or "")[:254]

    def day(self, name: str) -> date | None:
        """None when there is none, or nothing that a calendar could go on from."""
        day: date | None = self._fields[name].data
        return day if day and 1970 <= day.year <= 9000 else None
