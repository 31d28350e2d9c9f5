"""The demo's source: what Pitchbar says of itself, so that questions about it are answered."""

from pitchbar.accounts.models import Person
from pitchbar.core.assets import ROOT
from pitchbar.events.actors import SYSTEM
from pitchbar.settings import current_settings
from pitchbar.sources.models import FILE
from pitchbar.sources.services import StoredFile, create_source
from pitchbar.sources.uploads import storage
from pitchbar.workspaces.models import Workspace

_DOCUMENTS = (
    "README.md",
    "docs/operations.md",
    "docs/settings.md",
    "docs/scaling.md",
    "docs/architecture.md",
    "docs/adding-a-feature.md",
)


def make_demo(workspace: Workspace, _owner: Person) -> None:
    """Workers read it once it is there, as any other."""
    texts = [path.read_text() for name in _DOCUMENTS if (path := ROOT / name).is_file()]
    if not texts:
        return
    body = "\n\n".join(texts).encode()
    key = f"sources/{workspace.id}/demo-documentation"
    storage().put(key, body)
    file = StoredFile(key, "pitchbar-documentation.md", "text/markdown", len(body))
    create_source(
        workspace,
        SYSTEM,
        current_settings(),
        kind=FILE,
        name="Pitchbar’s documentation",
        file=file,
    )
