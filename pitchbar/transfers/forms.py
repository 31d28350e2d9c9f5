from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, Field, RadioField, SelectField

from pitchbar.codes.address_forms import domain_field
from pitchbar.forms import Form, SelectChoice
from pitchbar.transfers.models import CodeImport
from pitchbar.transfers.reading.fields import FIELDS
from pitchbar.transfers.reading.plans import Options

IGNORED = "-"


class UploadForm(Form):
    file = FileField("File")


class MappingForm(Form):
    """A choice of a column for each of our fields."""

    domain = domain_field()
    taken = RadioField(
        "Short codes that are taken, or that no code can have",
        default="error",
        choices=[
            SelectChoice("error", "Say which rows they are in, and import nothing"),
            SelectChoice("random", "Give those codes a new one at random"),
        ],
    )
    skip_same = BooleanField("Leave out rows that are there as codes already")

    @property
    def column_fields(self) -> list[Field]:
        return [self[one.name] for one in FIELDS]

    def offer(self, an_import: CodeImport) -> None:
        choices = [SelectChoice(IGNORED, "Nothing")]
        choices += [
            SelectChoice(str(place), name or f"Column {place + 1}")
            for place, name in enumerate(an_import.columns)
        ]
        kept = Options.read(an_import.options)
        for one in FIELDS:
            self[one.name].choices = choices
            if not self.is_submitted():
                self[one.name].data = str(an_import.mapping.get(one.name, IGNORED))
        if not self.is_submitted():
            self.domain.data, self.taken.data = kept.domain, kept.taken
            self.skip_same.data = kept.skip_same

    def mapping(self) -> dict[str, int]:
        """Our field to the number of its column."""
        chosen = {one.name: self[one.name].data for one in FIELDS}
        return {name: int(place) for name, place in chosen.items() if str(place).isdecimal()}

    def options(self) -> Options:
        return Options(
            domain=self.domain.data or "",
            taken=self.taken.data or "error",
            skip_same=bool(self.skip_same.data),
        )


def _column_field(label: str, hint: str) -> Any:
    return SelectField(label, default=IGNORED, description=hint, choices=[])


for _one in FIELDS:
    setattr(MappingForm, _one.name, _column_field(_one.label, _one.hint))
