"""Fields that say on which host a code is, and under which short code."""

from flask import g
from wtforms import SelectField, StringField
from wtforms.validators import Length

from pitchbar.codes.addresses import plain_prefix
from pitchbar.domains.queries import list_served_domains
from pitchbar.forms import Form, NoControlCharacters, SelectChoice, strip
from pitchbar.settings import current_settings


def _choose_host() -> list[SelectChoice]:
    """Our own host, and the domains of this request's workspace that codes can be on."""
    ours = SelectChoice("", plain_prefix(current_settings()))
    domains = list_served_domains(g.workspace)
    return [
        ours,
        *(SelectChoice(one.host, plain_prefix(current_settings(), one)) for one in domains),
    ]


def domain_field() -> SelectField:
    return SelectField("Address", default="", choices=_choose_host)


class AddressForm(Form):
    domain = domain_field()
    short_code = StringField(
        "Short code",
        filters=[strip],
        default="",
        validators=[Length(max=64, message="Use at most 64 characters."), NoControlCharacters()],
    )
