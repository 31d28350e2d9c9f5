"""The demo's agent: it answers questions about Pitchbar from Pitchbar's own documentation."""

from pitchbar.accounts.models import Person
from pitchbar.agents.services import create_agent, publish_agent
from pitchbar.events.actors import SYSTEM
from pitchbar.settings import Settings, current_settings
from pitchbar.workspaces.models import Workspace

_STARTERS = (
    "How long are scans kept?",
    "When is a scan a repeat?",
    "Does the redirect set a cookie?",
    "How many kilobytes is the widget's loader?",
)


def _own_origins(settings: Settings) -> tuple[str, ...]:
    """Under each name that this machine has for itself, so that `/dev/widget` works at once."""
    here = (f"http://{name}:{settings.port}" for name in ("localhost", "127.0.0.1", "[::1]"))
    return (settings.app_url, *here)


def make_demo(workspace: Workspace, _owner: Person) -> None:
    settings = current_settings()
    agent = create_agent(
        workspace,
        SYSTEM,
        settings,
        name="Pitchbar guide",
        persona="The guide to Pitchbar, for those who run it.",
        greeting="Ask me how Pitchbar works, or how it is run. I answer from its documentation.",
        starters=_STARTERS,
        allowed_origins=_own_origins(settings),
    )
    publish_agent(agent, SYSTEM, settings)
