"""The JSON API, as any program of a customer calls it."""

from collections.abc import Mapping
from typing import Any

import httpx

_SECONDS = 30.0
# Its sentence says it better than a status could.
_AWAY = "Pitchbar could not be reached at {url}: {error}."


class ApiError(Exception):
    """A refusal or an outage, in a sentence."""


class ApiClient:
    """Args:
    url: of the installation, such as `https://go.example.com`.
    token: as made under *API*.
    """

    def __init__(self, url: str, token: str, transport: Any = None) -> None:
        self._url = url.rstrip("/")
        self._client = httpx.AsyncClient(
            base_url=f"{self._url}/api/v1",
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            timeout=_SECONDS,
            transport=transport,
        )
        self._slug = ""

    async def own_token(self) -> Mapping[str, Any]:
        """Whose the token is, and what it opens; raises ApiError."""
        found = await self._ask("GET", "/token")
        self._slug = str(found["workspace"])
        return found

    async def get(self, path: str = "", **query: Any) -> dict[str, Any]:
        """Of the workspace; what is None is left out. Raises ApiError."""
        return await self._ask("GET", await self._path(path), params=_given(query))

    async def send(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """Raises ApiError."""
        return await self._ask(method, await self._path(path), json=_given(body))

    async def _path(self, path: str) -> str:
        if not self._slug:
            await self.own_token()
        return f"/workspaces/{self._slug}{path}"

    async def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            response = await self._client.request(method, path, **more)
        except httpx.HTTPError as error:
            said = str(error) or type(error).__name__
            raise ApiError(_AWAY.format(url=self._url, error=said)) from None
        if response.is_success:
            answer: dict[str, Any] = response.json() if response.content else {}
            return answer
        raise ApiError(_sentence(response))


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _sentence(response: httpx.Response) -> str:
    """What the API says, with what it says of single fields."""
    try:
        error = response.json()["error"]
        fields = error.get("fields") or {}
        told = [f"{name}: {sentence}" for name, sentence in fields.items()]
        return " ".join([str(error["message"]), *told])
    except (ValueError, KeyError, TypeError):
        return f"Pitchbar answered with status {response.status_code}."
