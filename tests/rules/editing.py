"""The page of the rules as a browser without scripts has it: fields to fill in, and buttons."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.test import TestResponse

from pitchbar.codes.models import Code
from pitchbar.workspaces.models import Workspace
from tests.support.browsing import FormClient


class _FormReader(HTMLParser):
    """The fields of one form, as a browser would send them, and its buttons."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.fields: list[tuple[str, str]] = []
        self.buttons: dict[str, str] = {}
        self.focus = ""
        self._is_inside = False
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = given.get("id") == self.form_id
        if not self._is_inside:
            return
        if "autofocus" in given:
            self.focus = given.get("id", "")
        if tag == "button" and "formaction" in given and "disabled" not in given:
            self.buttons.setdefault(given.get("value", ""), given["formaction"])
        self._take_field(tag, given)

    def _take_field(self, tag: str, given: dict[str, str]) -> None:
        if tag == "input" and "name" in given:
            is_box = given.get("type") in ("checkbox", "radio")
            if not is_box or "checked" in given:
                self.fields.append((given["name"], given.get("value", "on" if is_box else "")))
        elif tag == "select":
            self._select, self._options = given.get("name"), []
        elif tag == "option" and self._select:
            self._options.append((given.get("value", ""), "selected" in given))
        elif tag == "textarea":
            self._textarea = given.get("name", "")
            self.fields.append((self._textarea, ""))

    def handle_data(self, data: str) -> None:
        if self._textarea and self._is_inside:
            self.fields[-1] = (self._textarea, self.fields[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        elif tag == "textarea":
            self._textarea = None
        elif tag == "select" and self._select and self._is_inside:
            chosen = [value for value, is_chosen in self._options if is_chosen]
            first = [value for value, _ in self._options[:1]]
            self.fields.append((self._select, (chosen or first or [""])[0]))
            self._select = None


@dataclass
class RulesPage:
    """The page at hand. Each press sends what stands in it, and takes the answer's place."""

    client: FormClient
    workspace: Workspace
    code_id: int
    answer: TestResponse = field(init=False)
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: dict[str, str] = field(default_factory=dict)
    focus: str = ""

    def __post_init__(self) -> None:
        self._take(self.client.get(self.url))

    @property
    def url(self) -> str:
        return f"/w/{self.workspace.slug}/codes/{self.code_id}/rules"

    @property
    def text(self) -> str:
        return self.answer.text

    @property
    def keys(self) -> list[str]:
        return self.values("rule")

    def values(self, name: str) -> list[str]:
        return [value for each, value in self.fields if each == name]

    def fill(self, name: str, *values: str) -> None:
        """In the place of what stands there."""
        places = [at for at, (each, _) in enumerate(self.fields) if each == name]
        at = places[0] if places else len(self.fields)
        rest = [pair for pair in self.fields if pair[0] != name]
        self.fields = [*rest[:at], *((name, value) for value in values), *rest[at:]]

    def press(self, act: str) -> None:
        """A button that the page has; nobody can press another."""
        assert act in self.buttons, f"there is no button {act}, only {sorted(self.buttons)}"
        self._send(self.buttons[act], act)

    def save(self) -> TestResponse:
        """Leaves the page as it is when it is taken."""
        return self._send(self.url, "")

    def send_raw(self, url: str, **fields: object) -> TestResponse:
        return self.client.submit(url, dict(fields))

    def _send(self, url: str, act: str) -> TestResponse:
        sent: dict[str, list[str]] = {}
        for name, value in [*self.fields, ("act", act)]:
            if name != "csrf_token":
                sent.setdefault(name, []).append(value)
        answer = self.client.submit(url, sent)
        if answer.status_code != 303:
            self._take(answer)
        return answer

    def _take(self, answer: TestResponse) -> None:
        assert answer.status_code in (200, 422), answer.status
        reader = _FormReader("rules-editor")
        reader.feed(answer.text)
        self.answer, self.fields, self.buttons = answer, reader.fields, reader.buttons
        self.focus = reader.focus


def open_rules(client: FormClient, code: Code, workspace: Workspace) -> RulesPage:
    return RulesPage(client, workspace, code.id)
