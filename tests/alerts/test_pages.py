"""The pages of alerts: a rule is made, seen, changed, silenced and removed."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from pitchbar.alerts.bell import load_bell
from pitchbar.alerts.models import AlertChannel, AlertRule
from pitchbar.core import clock
from pitchbar.extensions import db
from tests.alerts.factories import evaluate, make_rule, set_hours, the_alerts
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code

SLACK = "https://hooks.slack.com/services/T00000000/B00000000/" + "x" * 24


def path(people: People, rest: str = "") -> str:
    return f"/w/{people.workspace.slug}/alerts{rest}"


def the_rule() -> AlertRule:
    db.session.expire_all()
    return db.session.scalars(select(AlertRule)).one()


def typed(**values: object) -> dict[str, object]:
    fields = {"code_id": "0", "threshold": "100", "window_minutes": "60", "roles": ["owner"]}
    return fields | values


def test_an_empty_list_says_what_to_do(client: FormClient, people: People) -> None:
    sign_in(client, people.admin)
    page = client.get(path(people)).text
    assert "Nothing is watched yet" in page
    assert path(people, "/new") in page
    sign_in(client, people.member)
    assert path(people, "/new") not in client.get(path(people)).text


@pytest.mark.parametrize(
    "kind",
    ["scans_over", "scans_under", "spike", "drop", "silence", "quota", "destination_dead"],
)
def test_each_kind_shows_what_it_would_have_raised_before_it_is_saved(
    client: FormClient, people: People, kind: str
) -> None:
    sign_in(client, people.admin)
    assert f"/new/{kind}" in client.get(path(people, "/new")).text
    page = client.get(path(people, f"/new/{kind}")).text
    assert "In the last 30 days it would have told you nothing" in page
    assert db.session.scalars(select(AlertRule)).all() == []


def test_a_rule_is_made_and_stands_on_its_page(client: FormClient, people: People) -> None:
    code = make_code(people.workspace, name="Station")
    sign_in(client, people.admin)
    data = typed(
        code_id=str(code.id),
        threshold="1,000",
        emails="shop@brand.example, Second@brand.example\n",
        chats=SLACK,
    )
    answer = client.submit(path(people, "/new/scans_over"), data)
    rule = the_rule()
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(path(people, f"/{rule.id}"))
    assert (rule.threshold, rule.window_minutes, rule.code_id) == (1000, 60, code.id)
    page = client.get(path(people, f"/{rule.id}")).text
    assert "More than 1,000 scans in an hour" in page
    for words in ("Station", "The owner", "shop@brand.example", "second@brand.example", "Slack at"):
        assert words in page
    assert SLACK not in page
    assert SLACK not in db.session.scalars(select(AlertChannel.encrypted)).one()
    assert "More than 1,000 scans in an hour" in client.get(path(people)).text


@pytest.mark.parametrize(
    ("kind", "wrong", "sentence"),
    [
        ("scans_over", {"threshold": ""}, "Enter a number from 1 to 10,000,000."),
        ("scans_over", {"threshold": "0"}, "Enter a number"),
        ("scans_over", {"threshold": "-5"}, "Enter a number"),
        ("scans_over", {"threshold": "1e3"}, "Enter a number"),
        ("scans_over", {"threshold": "٣"}, "Enter a number"),
        ("scans_over", {"threshold": "9" * 40}, "Enter a number"),
        ("scans_over", {"window_minutes": "7"}, "Choose one of these."),
        ("scans_over", {"window_minutes": "soon"}, "Choose one of these."),
        ("scans_under", {"window_minutes": "5"}, "Choose one of these."),
        ("spike", {"threshold": "5"}, "Enter a number from 20 to 10,000."),
        ("drop", {"threshold": "101"}, "Enter a number from 20 to 100."),
        ("quota", {"threshold": "80"}, "Choose one of these."),
        ("scans_over", {"code_id": "999999"}, "This code is not there any more."),
        ("scans_over", {"code_id": "9" * 30}, "This code is not there any more."),
        ("scans_over", {"code_id": "x"}, "This code is not there any more."),
        ("scans_over", {"emails": "ada@brand.example\nnobody"}, "“nobody” is no e-mail address."),
        ("scans_over", {"emails": "\n".join(f"a{n}@b.example" for n in range(11))}, "at most 10"),
        ("scans_over", {"chats": "https://brand.example/hook"}, "is no address that Slack"),
        ("scans_over", {"chats": "file:///etc/passwd"}, "is no address that Slack"),
        ("scans_over", {"chats": "json://127.0.0.1:80/"}, "is no address that Slack"),
        ("scans_over", {"chats": "\n".join([SLACK] * 6)}, "at most 5"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    client: FormClient, people: People, kind: str, wrong: dict[str, str], sentence: str
) -> None:
    sign_in(client, people.admin)
    data = typed(emails="kept@brand.example") | wrong
    answer = client.submit(path(people, f"/new/{kind}"), data)
    assert answer.status_code == 422
    assert sentence in answer.text.replace("&#34;", '"')
    if "emails" not in wrong:
        assert "kept@brand.example" in answer.text
    assert db.session.scalars(select(AlertRule)).all() == []


def test_a_code_of_another_workspace_is_none(client: FormClient, people: People) -> None:
    code = make_code(people.elsewhere)
    sign_in(client, people.admin)
    answer = client.submit(path(people, "/new/scans_over"), typed(code_id=str(code.id)))
    assert "This code is not there any more" in answer.text


@pytest.mark.settings(alert_rules_most=2)
def test_a_workspace_has_so_many_alerts_and_no_more(client: FormClient, people: People) -> None:
    for _ in range(2):
        make_rule(people.workspace)
    sign_in(client, people.admin)
    answer = client.submit(path(people, "/new/scans_over"), typed())
    assert answer.status_code == 422
    assert "at most 2 alerts" in answer.text


def test_the_preview_follows_what_is_typed(client: FormClient, people: People) -> None:
    end = clock.start_of_hour(clock.now())
    busy = {end - timedelta(hours=back): 50 for back in (30, 60)}
    set_hours(people.workspace.id, 0, busy)
    sign_in(client, people.member)
    query = "kind=scans_over&code_id=0&window_minutes=60&threshold="
    found = {
        number: client.get(path(people, f"/preview?{query}{number}")).text
        for number in ("40", "50", "soon")
    }
    assert "told you <b>twice</b>" in found["40"]
    assert "50 scans in an hour." in found["40"]
    assert "told you nothing" in found["50"]
    assert "Fill in the numbers" in found["soon"]
    assert client.get(path(people, "/preview?kind=nothing")).status_code == 404


def test_the_preview_works_without_javascript(client: FormClient, people: People) -> None:
    sign_in(client, people.admin)
    answer = client.submit(path(people, "/new/scans_over"), typed(act="preview", threshold="77"))
    assert answer.status_code == 200
    assert 'value="77"' in answer.text
    assert "told you nothing" in answer.text
    assert db.session.scalars(select(AlertRule)).all() == []


def test_a_rule_is_changed(client: FormClient, people: People) -> None:
    rule = make_rule(people.workspace, chats=(SLACK,), emails=("a@b.example",))
    at = path(people, f"/{rule.id}/edit")
    sign_in(client, people.admin)
    page = client.get(at).text
    assert "Remove Slack at hooks.slack.com" in page
    assert "a@b.example" in page
    channel = str(rule.channels[0].id)
    data = typed(threshold="5", roles=["admin"], emails="", dropped_channels=channel)
    assert client.submit(at, data).status_code == 303
    rule = the_rule()
    assert (rule.threshold, rule.roles, rule.addresses, rule.channels) == (5, "admin", [], [])
    assert client.submit(at, typed(threshold="x")).status_code == 422


def test_a_rule_is_paused_snoozed_and_removed(client: FormClient, people: People) -> None:
    rule = make_rule(people.workspace)
    at = path(people, f"/{rule.id}")
    sign_in(client, people.admin)
    client.submit(f"{at}/pause")
    assert "Paused" in client.get(at).text
    client.submit(f"{at}/resumption")
    client.submit(f"{at}/snooze", {"hours": "8"})
    assert "Wake it now" in client.get(at).text
    client.submit(f"{at}/waking")
    assert "8 hours" in client.get(at).text
    assert "looked at no more" in client.get(f"{at}/remove").text
    assert client.submit(f"{at}/removal").status_code == 303
    assert client.get(at).status_code == 404


def test_the_bell_counts_what_a_person_has_not_seen(client: FormClient, people: People) -> None:
    make_rule(people.workspace, threshold=1)
    now = clock.start_of_hour(clock.now()) + timedelta(minutes=30)
    set_hours(people.workspace.id, 0, {clock.start_of_hour(now): 5})
    evaluate(now)
    assert len(the_alerts()) == 1
    sign_in(client, people.member)
    overview = f"/w/{people.workspace.slug}/"
    assert "1 not seen" in client.get(overview).text
    assert "1 not seen" in client.get(path(people, "/bell")).text
    live = client.get(f"/w/{people.workspace.slug}/live/fragments").text
    assert "1 not seen" in live
    answer = client.submit(path(people, "/seen"), {"back": overview})
    assert answer.headers["Location"].endswith(overview)
    assert "not seen" not in client.get(overview).text
    assert load_bell(people.workspace.id, people.owner.id).count == "1"


def test_the_list_is_what_a_person_has_seen(client: FormClient, people: People) -> None:
    make_rule(people.workspace, threshold=1)
    now = clock.start_of_hour(clock.now()) + timedelta(minutes=30)
    set_hours(people.workspace.id, 0, {clock.start_of_hour(now): 5})
    evaluate(now)
    sign_in(client, people.owner)
    page = client.get(path(people)).text
    assert re.search(r"Corner Café: more than 1 scans? in 3 hours", page)
    assert load_bell(people.workspace.id, people.owner.id).count == ""


def test_the_bell_leads_nobody_elsewhere(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    answer = client.submit(path(people, "/seen"), {"back": "//evil.example"})
    assert answer.headers["Location"].endswith(path(people))


def test_a_rule_of_another_workspace_is_404(client: FormClient, people: People) -> None:
    rule = make_rule(people.elsewhere)
    sign_in(client, people.owner)
    for address in (f"/{rule.id}", f"/{rule.id}/edit", f"/{9**30}"):
        assert client.get(path(people, address)).status_code == 404
