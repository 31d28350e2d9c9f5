"""Calls to the API of one workspace, as a program makes them."""

from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from pitchbar.workspaces.models import Workspace
from tests.support.browsing import FormClient
from tests.support.factories import bearer, make_token


@dataclass
class Api:
    """`path` is what follows the workspace, e.g. "/codes"."""

    client: FormClient
    at: str
    headers: dict[str, str]

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.client.get(self.at + path, query_string=query, headers=self.headers)

    def post(self, path: str, **body: Any) -> TestResponse:
        return self.client.post(self.at + path, json=body, headers=self.headers)

    def patch(self, path: str, **body: Any) -> TestResponse:
        return self.client.patch(self.at + path, json=body, headers=self.headers)


def make_api(client: FormClient, workspace: Workspace) -> Api:
    headers = bearer(make_token(workspace))
    return Api(client, f"/api/v1/workspaces/{workspace.slug}", headers)


def wrong_fields(response: TestResponse) -> dict[str, str]:
    """The sentences of a 422 by field, in the one form that errors have."""
    assert response.status_code == 422
    error = response.get_json()["error"]
    assert set(error) == {"code", "message", "fields"}
    assert error["message"]
    fields: dict[str, str] = error["fields"]
    return fields
