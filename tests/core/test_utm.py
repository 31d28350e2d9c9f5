from pitchbar.codes.models import Code
from pitchbar.core.utm import UTM_COLUMNS, UTM_MAX_LENGTH, Utm
from pitchbar.scans.models import Scan


def test_codes_and_scans_have_a_column_for_each_value_and_no_other() -> None:
    for model in (Code, Scan):
        columns = [c for c in model.__table__.columns if c.name.startswith("utm_")]
        assert [column.name for column in columns] == list(UTM_COLUMNS)
        assert {getattr(column.type, "length", None) for column in columns} == {UTM_MAX_LENGTH}


def test_values_of_a_row_are_read_by_their_columns() -> None:
    scan = Scan(utm_source="print", utm_medium=None, utm_content="blue")
    assert Utm.of(scan) == Utm(source="print", content="blue")
    assert Utm.of(scan).given() == {"source": "print", "content": "blue"}
    assert Utm.of(scan).columns()["utm_content"] == "blue"
