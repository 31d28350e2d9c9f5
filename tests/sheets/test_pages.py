import io
from datetime import timedelta

import pypdfium2
import pytest
import zxingcpp
from flask.testing import FlaskClient

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs.attempts import JobTimeout
from pitchbar.sheets import making
from pitchbar.sheets.making import forget_old_sheets
from pitchbar.sheets.models import DONE, FAILED, PrintSheet
from pitchbar.sheets.tasks import make_sheet
from pitchbar.studio.models import ScanCheck
from tests.sheets.changes import FIELDS
from tests.studio.factories import PRETTY, UNREADABLE, make_designed
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, bearer, make_code, make_token


def _at(people: People) -> str:
    return f"/w/{people.workspace.slug}/codes/sheets"


def _read(pdf: bytes) -> set[str]:
    """What a phone reads on all pages."""
    found = set()
    for page in pypdfium2.PdfDocument(io.BytesIO(pdf)):
        picture = page.render(scale=300 / 72).to_pil().convert("L")
        found |= {one.text for one in zxingcpp.read_barcodes(picture)}
    return found


def test_chosen_codes_become_a_pdf_that_scans(client: FormClient, people: People) -> None:
    codes = [
        make_code(people.workspace, short_code="one"),
        make_designed(people.workspace, PRETTY, short_code="two"),
    ]
    ids = [code.id for code in codes]
    foreign = make_code(people.elsewhere, short_code="three")
    sign_in(client, people.editor)
    page = client.get(f"{_at(people)}/new?code_id={ids[0]}&code_id={ids[1]}&code_id={foreign.id}")
    assert f'value="{ids[0]},{ids[1]}"' in page.text
    assert "Page 1 of 1" in page.text
    answer = client.submit(_at(people), {**FIELDS, "codes": f"{ids[0]},{ids[1]},{foreign.id}"})
    assert answer.status_code == 303
    sheet_id = db.session.query(PrintSheet.id).scalar()
    make_sheet(sheet_id)
    sheet = db.session.get_one(PrintSheet, sheet_id)
    assert (sheet.state, sheet.pages) == (DONE, 1)
    sign_in(client, people.member)
    pdf = client.get(f"{_at(people)}/{sheet_id}.pdf")
    assert pdf.mimetype == "application/pdf"
    assert _read(pdf.data) == {"http://pitchbar.test/t/one", "http://pitchbar.test/t/two"}


def test_preview_says_what_does_not_fit_and_draws_the_rest(
    client: FormClient, people: People
) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.editor)
    own = {**FIELDS, "codes": str(code.id), "label": "own"}
    wide = client.submit(f"{_at(people)}/preview", {**own, "columns": "9"})
    assert "across, and the paper has 210" in wide.text
    fits = client.submit(f"{_at(people)}/preview", {**own, "columns": "2"})
    assert "<svg" in fits.text
    refused = client.submit(_at(people), {**own, "columns": "9", "headline": "Spring & more"})
    assert refused.status_code == 422
    assert "across, and the paper has 210" in refused.text
    assert 'value="Spring &amp; more"' in refused.text


def test_too_small_a_label_is_said_before_it_is_printed(client: FormClient, people: People) -> None:
    code = make_designed(people.workspace, PRETTY, name="Wine list")
    sign_in(client, people.editor)
    fields = {**FIELDS, "codes": str(code.id), "label": "L4731"}
    answer = client.submit(f"{_at(people)}/preview", fields)
    assert "“Wine list” is" in answer.text
    assert "phones no longer read it" in answer.text


def test_job_that_is_cut_off_goes_on_where_it_was(
    client: FormClient, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = [make_designed(people.workspace, PRETTY, name=f"Table {at}") for at in range(3)]
    sign_in(client, people.editor)
    fields = {**FIELDS, "codes": ",".join(str(code.id) for code in codes), "label": "L4731"}
    client.submit(_at(people), fields)
    sheet_id = db.session.query(PrintSheet.id).scalar()

    def cut_off() -> None:
        if db.session.query(ScanCheck).count() == 2:
            raise JobTimeout("its time was over")

    monkeypatch.setattr(making, "check_deadline", cut_off)
    with pytest.raises(JobTimeout):
        make_sheet(sheet_id)
    db.session.rollback()
    assert db.session.query(ScanCheck).count() == 2
    waiting = client.get(_at(people)).text
    assert "2 of 3 checked" in waiting
    monkeypatch.undo()
    make_sheet(sheet_id)
    assert db.session.query(ScanCheck).count() == 3
    done = client.get(_at(people)).text
    assert "“Table 0” is" in done
    assert "2 more are too small, too." in done


def test_preview_checks_one_design_that_nobody_checked(client: FormClient, people: People) -> None:
    codes = [make_designed(people.workspace, PRETTY) for _ in range(3)]
    sign_in(client, people.editor)
    fields = {**FIELDS, "codes": ",".join(str(code.id) for code in codes), "label": "L4731"}
    for found in (1, 2, 3, 3):
        client.submit(f"{_at(people)}/preview", fields)
        assert db.session.query(ScanCheck).count() == found


def test_several_of_each_are_numbered_over_pages(client: FormClient, people: People) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.editor)
    fields = {**FIELDS, "codes": str(code.id), "copies": "30", "start_position": "20"}
    client.submit(_at(people), {**fields, "captions": ["number"], "number_prefix": "T"})
    sheet_id = db.session.query(PrintSheet.id).scalar()
    make_sheet(sheet_id)
    assert db.session.get_one(PrintSheet, sheet_id).pages == 3


def test_more_labels_than_a_file_has_are_refused(client: FormClient, people: People) -> None:
    ids = [make_code(people.workspace).id for _ in range(2)]
    sign_in(client, people.editor)
    fields = {**FIELDS, "codes": ",".join(map(str, ids)), "copies": "5000"}
    answer = client.submit(_at(people), fields)
    assert answer.status_code == 422
    assert "A file has 5,000 at most; these are 10,000." in answer.text


def test_design_that_does_not_scan_stops_the_sheet_by_name(
    client: FormClient, people: People
) -> None:
    code = make_designed(people.workspace, UNREADABLE, name="Faint card")
    sign_in(client, people.editor)
    client.submit(_at(people), {**FIELDS, "codes": str(code.id)})
    sheet_id = db.session.query(PrintSheet.id).scalar()
    make_sheet(sheet_id)
    assert db.session.get_one(PrintSheet, sheet_id).state == FAILED
    assert "“Faint card” does not scan as it is designed." in client.get(_at(people)).text
    assert client.get(f"{_at(people)}/{sheet_id}.pdf").status_code == 404


def test_sheets_go_after_a_week(client: FormClient, people: People) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.editor)
    client.submit(_at(people), {**FIELDS, "codes": str(code.id)})
    make_sheet(db.session.query(PrintSheet.id).scalar())
    assert forget_old_sheets(clock.now() + timedelta(days=6)) == 0
    assert forget_old_sheets(clock.now() + timedelta(days=8)) == 1
    assert db.session.query(PrintSheet).count() == 0


def test_api_makes_a_sheet_by_a_job(client: FlaskClient, people: People) -> None:
    code = make_code(people.workspace, short_code="menu")
    headers = bearer(make_token(people.workspace))
    at = f"/api/v1/workspaces/{people.workspace.slug}/sheets"
    wrong = client.post(at, json={"code_ids": [code.id], "columns": 0}, headers=headers)
    assert list(wrong.get_json()["error"]["fields"]) == ["columns"]
    own = {"code_ids": [code.id], "label": "own", "columns": 40}
    assert list(client.post(at, json=own, headers=headers).get_json()["error"]["fields"]) == [
        "columns"
    ]
    made = client.post(at, json={"code_ids": [code.id]}, headers=headers)
    assert (made.status_code, made.get_json()["state"]) == (202, "waiting")
    sheet_id = made.get_json()["id"]
    assert client.get(f"{at}/{sheet_id}/pdf", headers=headers).status_code == 404
    make_sheet(sheet_id)
    done = client.get(f"{at}/{sheet_id}", headers=headers).get_json()
    assert done["state"] == "done"
    assert done["pdf_url"].endswith(f"{at}/{sheet_id}/pdf")
    assert _read(client.get(f"{at}/{sheet_id}/pdf", headers=headers).data) == {
        "http://pitchbar.test/t/menu"
    }
    assert client.get(at, headers=headers).get_json()["data"] == [done]
    assert client.delete(f"{at}/{sheet_id}", headers=headers).status_code == 204


def test_every_page_is_shown_and_none_past_the_last(client: FormClient, people: People) -> None:
    codes = [make_code(people.workspace, name=f"Table {number}") for number in range(3)]
    sign_in(client, people.editor)
    ids = ",".join(str(code.id) for code in codes)
    fields = {**FIELDS, "codes": ids, "copies": "20", "captions": ["name"]}
    pictures = []
    for asked, shown in ((1, 1), (3, 3), (99, 3), (-4, 1)):
        answer = client.submit(f"{_at(people)}/preview?page={asked}", fields, fragment=True)
        assert f"Page {shown} of 3" in answer.text
        pictures.append(answer.text.partition("<svg")[2].partition("</svg>")[0])
    first, last, past, before = pictures
    assert (first, last) == (before, past)
    assert first != last
    # On the last page 18 of the 60 labels are left, all of the third code.
    assert (first.count('href="#code-'), last.count('href="#code-')) == (21, 18)
    assert 'href="#code-2"' in last
    assert 'href="#code-1"' not in last


def test_pages_are_turned_without_scripts_and_nothing_typed_is_lost(
    client: FormClient, people: People
) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.editor)
    fields = {**FIELDS, "codes": str(code.id), "copies": "30", "number_prefix": "Table"}
    answer = client.submit(f"{_at(people)}/preview?page=2", fields)
    assert "Page 2 of 2" in answer.text
    assert 'value="Table"' in answer.text
    assert f'formaction="{_at(people)}/preview?page=1"' in answer.text


def test_what_is_out_of_sight_stops_nobody(client: FormClient, people: People) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.editor)
    fields = {**FIELDS, "codes": str(code.id), "columns": "many", "paper_width": ""}
    assert client.submit(_at(people), fields).status_code == 303
    own = client.submit(_at(people), {**fields, "label": "own", "paper": "own"})
    assert own.status_code == 422
    assert own.text.count("Enter a number.") >= 2


def test_wrong_numbers_are_told_in_words_for_people(client: FormClient, people: People) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.editor)
    own = {**FIELDS, "codes": str(code.id), "label": "own", "rows": "-1", "label_width": "1"}
    answer = client.submit(_at(people), own)
    assert "Use a whole number from 1 to 100." in answer.text
    assert "Use a number from 8 to 1,200." in answer.text
    assert "Input should be" not in answer.text


def test_own_paper_and_the_colour_of_the_words_are_chosen(
    client: FormClient, people: People
) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.editor)
    own = {"label": "own", "paper": "own", "paper_width": "320", "caption_colour": "#0B5C56"}
    answer = client.submit(
        f"{_at(people)}/preview", {**FIELDS, "codes": str(code.id), **own}, fragment=True
    )
    assert 'viewBox="0 0 320 297"' in answer.text
    assert '<g fill="#0b5c56">' in answer.text


def test_list_names_what_is_on_a_sheet(client: FormClient, people: People) -> None:
    ids = [make_code(people.workspace, name=name).id for name in ("Menu", "Wine <b>", "Bag")]
    sign_in(client, people.editor)
    client.submit(_at(people), {**FIELDS, "codes": ",".join(map(str, ids))})
    assert "Menu, Wine &lt;b&gt; and 1 more" in client.get(_at(people)).text
