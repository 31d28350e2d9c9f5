"""The page of one code."""

import re
from datetime import timedelta

from pitchbar.codes.services import archive_code
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code
from tests.support.scans import store, visits


def test_short_link_opens_a_tab_of_its_own_and_says_where_from(
    client: FormClient, people: People
) -> None:
    """By the Referer the owner's own look is told from a person's scan."""
    code = make_code(people.workspace, short_code="menu")
    sign_in(client, people.owner)
    page = client.get(f"/w/{people.workspace.slug}/codes/{code.id}")
    links = re.findall(r'<a [^>]*href="http://pitchbar.test/t/menu"[^>]*>', page.text)
    assert links
    for link in links:
        assert 'target="_blank"' in link
        assert 'rel="noopener"' in link
    assert page.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_totals_are_those_of_the_list(client: FormClient, people: People) -> None:
    code = make_code(people.workspace)
    store(*visits(code, 3, clock.now() - timedelta(days=400)), *visits(code, 2))
    sign_in(client, people.member)
    at = f"/w/{people.workspace.slug}/codes"
    row = client.get(at).text.partition(f'id="code-{code.id}"')[2].partition("</tr>")[0]
    page = client.get(f"{at}/{code.id}").text
    assert re.search(r'class="codes-number[^"]*">5<', row)
    assert "<dt>People, all time</dt><dd>5</dd>" in page
    assert re.search(r"<dt>Last scan</dt><dd><time ", page)


def test_archived_code_says_what_its_scans_see(client: FormClient, people: People) -> None:
    code = make_code(people.workspace)
    archive_code(code, SYSTEM)
    sign_in(client, people.editor)
    url = f"/w/{people.workspace.slug}/codes/{code.id}"
    page = client.get(url).text
    assert "whoever scans it is told that it is out of" in page
    assert "Restore" in page
    people.workspace.fallback_url = "https://shop.example/"
    assert "whoever scans it is led to shop.example." in client.get(url).text


def test_picture_of_the_lists_is_kept_by_the_browser(client: FormClient, people: People) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.member)
    at = f"/w/{people.workspace.slug}/codes"
    thumb = re.search(r'<img class="code-thumb" src="([^"]*)"', client.get(at).text)
    assert thumb
    first = client.get(thumb[1])
    assert first.headers["Cache-Control"] == "private, max-age=86400"
    again = client.get(thumb[1], headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    code.error_correction = "H"
    changed = re.search(r'<img class="code-thumb" src="([^"]*)"', client.get(at).text)
    assert changed
    assert changed[1] != thumb[1]
    assert client.get(changed[1]).headers["ETag"] != first.headers["ETag"]
    plain = client.get(f"{at}/{code.id}/qr.svg")
    assert plain.headers["Cache-Control"] == "private, max-age=0"
