from typing import Any

from wtforms import SelectField

from pitchbar.forms import Form, SelectChoice


def role_choices(roles: tuple[str, ...]) -> list[Any]:
    return [SelectChoice(role, role.capitalize()) for role in roles]


class RoleForm(Form):
    role = SelectField("Role")

    def __init__(self, roles: tuple[str, ...]) -> None:
        super().__init__()
        self.role.choices = role_choices(roles)
