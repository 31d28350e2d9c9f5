"""Checks whether a customer's page carries an agent's widget. The caller commits."""

from sqlalchemy import select

from pitchbar.agents.models import Agent
from pitchbar.clients.outbound import refuse_url
from pitchbar.clients.settings import OutboundSettings
from pitchbar.core import clock
from pitchbar.core.text import storable
from pitchbar.errors import DomainError
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.settings import Settings, current_settings
from pitchbar.widget import tasks
from pitchbar.widget.models import RUNNING, InstallCheck

_LONGEST = 2048


class InvalidPage(DomainError):
    code = "invalid_page"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"page_url": sentence})


def start_check(agent: Agent, typed: str, by: Actor) -> InstallCheck:
    """What was found before is forgotten. Raises InvalidPage."""
    url = clean_page_url(typed, current_settings())
    check = db.session.scalar(
        select(InstallCheck).where(InstallCheck.agent_id == agent.id).with_for_update()
    )
    if check is None:
        check = InstallCheck(agent_id=agent.id, workspace_id=agent.workspace_id)
        db.session.add(check)
    check.page_url, check.state, check.verdict = url, RUNNING, ""
    check.findings, check.started_at, check.finished_at = [], clock.now(), None
    db.session.flush()
    record_event("agent.install_checked", agent, by=by, after={"page_url": url})
    enqueue(tasks.check_install, agent.id)
    return check


def clean_page_url(typed: str, settings: Settings) -> str:
    """With its scheme; a bare host means https. Raises InvalidPage."""
    url = storable(typed).strip()
    if not url:
        raise InvalidPage("Enter the address of a page, such as https://shop.example/.")
    if "://" not in url:
        url = f"https://{url}"
    if len(url) > _LONGEST:
        raise InvalidPage("Use at most 2,048 characters.")
    if sentence := refuse_url(url, settings[OutboundSettings].allowed):
        raise InvalidPage(sentence)
    return url
