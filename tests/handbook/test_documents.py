"""The documents as pages, and the search through them."""

import re

import pytest

from pitchbar.core.assets import ROOT
from pitchbar.handbook.catalogue import NAMES
from pitchbar.handbook.documents import Document, read_document
from pitchbar.handbook.search import Index
from tests.support.browsing import FormClient

FILES = sorted(path.stem for path in (ROOT / "docs").glob("*.md"))


def read(text: str) -> Document:
    return read_document("guide", text, lambda kind, name: f"/{kind}/{name}")


def test_every_file_of_the_folder_is_served() -> None:
    assert sorted(NAMES) == FILES


@pytest.mark.parametrize("name", [one for one in NAMES if one != "webhooks"])
def test_each_document_is_a_page_whose_links_lead_on(client: FormClient, name: str) -> None:
    page = client.get(f"/docs/{name}")
    assert page.status_code == 200
    article = page.text.partition("<article")[2].partition("</article>")[0]
    targets = {one.partition("#")[0] for one in re.findall(r'(?:href|src)="([^"]+)"', article)}
    own = {one for one in targets if one.startswith("/")}
    assert {one for one in own if client.get(one).status_code != 200} == set()
    # Files of the code, which are not served, are named and not linked.
    assert {one for one in targets - own - {""} if not one.startswith("https://")} == set()


@pytest.mark.parametrize("name", NAMES)
def test_anchors_that_are_linked_exist(client: FormClient, name: str) -> None:
    page = client.get(f"/docs/{name}").text
    linked = set(re.findall(r'href="#([^"]+)"', page)) - {"main"}
    assert linked <= set(re.findall(r'id="([^"]+)"', page))


def test_guide_of_webhooks_stays_where_it_was(client: FormClient) -> None:
    assert "Receiving webhooks" in client.get("/docs/webhooks").text


@pytest.mark.parametrize(
    "address", ["/docs/nothing", "/docs/images/nothing.png", "/docs/images/..%2f..%2fREADME.md"]
)
def test_what_is_not_there_is_not_found(client: FormClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_html_in_a_document_is_text() -> None:
    document = read("# T\n\nOne <script>alert(1)</script>\n\n```sh\n<b>\n```\n")
    assert "<script" not in document.html
    assert "<b>" not in document.html
    assert "&lt;b&gt;" in document.html


def test_headings_of_one_name_have_anchors_of_their_own() -> None:
    document = read("# T\n\n## Twice\n\nfirst\n\n## Twice\n\nsecond\n")
    assert [one.anchor for one in document.sections] == ["t", "twice", "twice-2"]
    assert [one.text for one in document.sections] == ["", "first", "second"]


def test_links_between_documents_lead_to_their_pages() -> None:
    html = read("# T\n\n[a](concepts.md#code) [b](../README.md) ![c](images/x.png)\n").html
    assert 'href="/document/concepts#code"' in html
    assert "README" not in html
    assert 'src="/picture/x.png"' in html


@pytest.fixture(scope="module")
def index() -> Index:
    text = (
        "# Scans\n\nAbout scans.\n\n## Repeats\n\nLoaded again within two seconds.\n\n"
        "## Retention\n\nOld scans are deleted & <b>gone</b>; scans, scans.\n"
    )
    return Index([read(text), read("# Mail\n\nNothing about the others.\n")])


class TestSearch:
    @pytest.mark.parametrize(
        ("words", "first"),
        [
            ("repeat", "Repeats"),
            ("loading again", "Repeats"),
            ("delet", "Retention"),
            ("Mail", "Mail"),
            ("retention qqqq", "Retention"),
        ],
    )
    def test_best_place_comes_first(self, index: Index, words: str, first: str) -> None:
        assert index.find(words)[0].title == first

    @pytest.mark.parametrize("words", ["", "  ", "qqqq", '"', "* OR", "a:b NEAR(", "'; DROP"])
    def test_whatever_is_typed_is_no_error(self, index: Index, words: str) -> None:
        index.find(words)

    def test_words_are_marked_and_the_rest_is_text(self, index: Index) -> None:
        hit = index.find("deleted")[0]
        assert "<mark>deleted</mark>" in hit.excerpt
        assert "&lt;b&gt;" in hit.excerpt


class TestPages:
    def test_search_answers_with_and_without_scripts(self, client: FormClient) -> None:
        page = client.get("/docs/search?q=when is a scan a repeat")
        assert "/docs/concepts#repeat" in page.text
        assert "<html" in page.text
        headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
        part = client.get("/docs/search?q=repeat", headers=headers).text
        assert "/docs/concepts#repeat" in part
        assert "<html" not in part

    def test_nothing_found_says_so_and_keeps_what_was_typed(self, client: FormClient) -> None:
        text = client.get("/docs/search?q=<b>qqqq").text
        assert "Nothing about “&lt;b&gt;qqqq”" in text
        assert 'value="&lt;b&gt;qqqq"' in text

    def test_start_names_each_document(self, client: FormClient) -> None:
        text = client.get("/docs").text
        assert [one for one in NAMES if f'href="/docs/{one}"' not in text] == []
