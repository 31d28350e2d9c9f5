"""An agent's page as tests open it: a browser without scripts."""

import re
from dataclasses import dataclass, field

from werkzeug.test import TestResponse

from pitchbar.agents.models import Agent
from tests.support.browsing import FormClient

_TOKEN = re.compile(r'name="token" value="([^"]+)"')


@dataclass
class Page:
    """Cookies are the client's."""

    client: FormClient
    agent: Agent
    html: str = ""
    query: str = ""
    status: int = 0
    last: TestResponse | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        return f"/c/{self.agent.public_id}"

    @property
    def token(self) -> str:
        found = _TOKEN.search(self.html)
        return found[1] if found else ""

    def open(self) -> "Page":
        return self._take(self.client.get(self.address + self.query))

    def send(self, path: str, **values: str) -> "Page":
        """A form of the page, and where it leads."""
        answer = self.client.post(f"{self.address}{path}", data={"token": self.token, **values})
        if answer.status_code == 303:
            answer = self.client.get(answer.headers["Location"].partition("#")[0])
        return self._take(answer)

    def ask(self, text: str) -> "Page":
        return self.send("/messages", text=text)

    def _take(self, answer: TestResponse) -> "Page":
        self.last, self.status, self.html = answer, answer.status_code, answer.text
        return self
