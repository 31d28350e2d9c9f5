"""The demo's source: what Pitchbar says of itself, so that questions about it are answered."""

from pitchbar.accounts.models import Person
from pitchbar.core.assets import ROOT
from pitchbar.events.actors import SYSTEM
from pitchbar.settings import current_settings
from pitchbar.sources.models import TEXT
from pitchbar.sources.services import create_source
from pitchbar.sources.settings import SourceSettings
from pitchbar.workspaces.models import Workspace

_DOCUMENTS = (
    "README.md",
    "docs/guide.md",
    "docs/concepts.md",
    "docs/widget.md",
    "docs/api.md",
    "docs/webhooks.md",
    "docs/privacy.md",
    "docs/install.md",
    "docs/operations.md",
    "docs/settings.md",
    "docs/scaling.md",
    "docs/architecture.md",
    "docs/adding-a-feature.md",
    "docs/decisions.md",
)


def make_demo(workspace: Workspace, _owner: Person) -> None:
    """Workers read it once it is there, as any other. As text: no file is put anywhere before the
    server has its processes.
    """
    settings = current_settings()
    most = settings[SourceSettings].source_text_characters
    text = ""
    for name in _DOCUMENTS:
        path = ROOT / name
        if path.is_file() and len(text) + len(more := path.read_text()) + 2 <= most:
            text += f"{more}\n\n"
    if text:
        create_source(
            workspace, SYSTEM, settings, kind=TEXT, name="Documentation of Pitchbar", text=text
        )
