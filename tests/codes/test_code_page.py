"""The page of one code."""

import re

from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code


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
