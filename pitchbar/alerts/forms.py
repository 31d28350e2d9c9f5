"""The form of a rule. Its kind says what its fields mean, and which of them it needs."""

from collections.abc import Sequence

from wtforms import Field, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Email, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from pitchbar.alerts.kinds import Kind
from pitchbar.alerts.models import AlertRule
from pitchbar.alerts.rule_values import RuleValues
from pitchbar.alerts.sentences import window_words
from pitchbar.forms import Form, SelectChoice, SendableAddress, strip
from pitchbar.workspaces.roles import ROLES

_WHOLE, _NO_CODE = "0", -1
_ROLE_WORDS = {
    "owner": "The owner",
    "admin": "Admins",
    "editor": "Editors",
    "analyst": "Analysts",
    "member": "Members",
}
_TOO_LONG = Length(max=5000, message="Use fewer of them.")


class _Checkboxes(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class RuleForm(Form):
    code_id = SelectField("Watch", validate_choice=False)
    threshold = StringField("Number", filters=[strip])
    window_minutes = SelectField("Within", validate_choice=False)
    roles = _Checkboxes("Mail to", choices=[SelectChoice(r, _ROLE_WORDS[r]) for r in ROLES])
    emails = TextAreaField(
        "And to these addresses",
        filters=[strip],
        description="One in each line. Nobody needs an account, and all can unsubscribe.",
        validators=[_TOO_LONG],
    )
    chats = TextAreaField(
        "And into a chat",
        filters=[strip],
        description="The webhook address that Slack, Teams or Discord gives out, or "
        "ntfys://host/topic. One in each line.",
        validators=[_TOO_LONG],
    )
    dropped_channels = SelectMultipleField("Remove", validate_choice=False)

    def fit(self, kind: Kind, codes: Sequence[tuple[int, str]]) -> "RuleForm":
        """Its labels and choices, and what a new rule of the kind begins with."""
        self.kind = kind
        self.code_id.choices = [
            SelectChoice(_WHOLE, "All codes together"),
            *(SelectChoice(str(code_id), name) for code_id, name in codes),
        ]
        self.window_minutes.choices = [
            SelectChoice(str(minutes), window_words(minutes)) for minutes in kind.windows
        ]
        if kind.threshold:
            self.threshold.label.text = kind.threshold.label
        if not self.is_submitted() and self.threshold.data is None:
            self.threshold.data = str(kind.threshold.first) if kind.threshold else ""
            if kind.windows:
                self.window_minutes.data = str(60 if 60 in kind.windows else kind.windows[0])
        return self

    def show(self, rule: AlertRule) -> "RuleForm":
        """As it is stored."""
        self.code_id.data = str(rule.code_id or _WHOLE)
        self.threshold.data = "" if rule.threshold is None else str(rule.threshold)
        self.window_minutes.data = str(rule.window_minutes or "")
        self.roles.data = rule.role_names
        self.emails.data = "\n".join(each.email for each in rule.addresses)
        return self

    def values(self) -> RuleValues:
        """What cannot be read is None, which the service refuses at its field."""
        kind: Kind = self.kind
        code_id = _whole_number(self.code_id.data or _WHOLE) if kind.takes_code else 0
        has_number = kind.threshold or kind.levels
        return RuleValues(
            kind=kind.key,
            # What is no number is no code, which is said at the field.
            code_id=_NO_CODE if code_id is None else code_id or None,
            threshold=_whole_number(self.threshold.data) if has_number else None,
            window_minutes=_whole_number(self.window_minutes.data) if kind.windows else None,
            roles=tuple(role for role in ROLES if role in (self.roles.data or ())),
            emails=tuple(_lines(self.emails)),
            chats=tuple(_lines(self.chats)),
            dropped_channels=tuple(
                number
                for number in map(_whole_number, self.dropped_channels.data or ())
                if number is not None
            ),
        )

    def validate_emails(self, field: Field) -> None:
        for line in _lines(field):
            for check in (Email("is no e-mail address"), SendableAddress()):
                _check_line(self, check, line)


class _Line:
    """A line of a field, as a validator wants it."""

    def __init__(self, data: str) -> None:
        self.data = data

    def gettext(self, text: str) -> str:
        return text


def _check_line(form: Form, check: object, line: str) -> None:
    try:
        check(form, _Line(line))  # type: ignore[operator]  # a validator
    except ValidationError as error:
        said = str(error)
        raise ValidationError(
            f"“{line[:60]}” {said}." if said.startswith("is no") else said
        ) from None


def _lines(field: Field) -> list[str]:
    """Commas are taken for the ends of lines, too."""
    return [
        line.strip() for line in (field.data or "").replace(",", "\n").splitlines() if line.strip()
    ]


def _whole_number(text: object) -> int | None:
    """ "1,000" is one, and "1 000"; None for what is none."""
    plain = str(text or "").replace(",", "").replace(" ", "").replace("\u202f", "")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 19 else None
