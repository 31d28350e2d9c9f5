"""What the index hears of: generations from the sources, and workspaces that are purged."""

from pitchbar.events.services import Event, subscribe
from pitchbar.jobs import enqueue
from pitchbar.retrieval.tasks import enqueue_forgetting, enqueue_lanes, forget_workspace
from pitchbar.sources.hooks import hooks
from pitchbar.sources.models import Generation


def register() -> None:
    hooks.on_read(index)
    hooks.on_dropped(enqueue_forgetting)
    subscribe("workspace.purged", forget_points)


def index(generation: Generation) -> None:
    enqueue_lanes(generation.id)


def forget_points(event: Event) -> None:
    enqueue(forget_workspace, int(event.subject.id))
