"""What an installation expects of a page, and what came of looking at it."""

from sqlalchemy import select

from pitchbar.agents.models import Agent
from pitchbar.clients.settings import OutboundSettings
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.settings import Settings
from pitchbar.widget.addresses import widget_origin
from pitchbar.widget.built import LOADER, built
from pitchbar.widget.findings import Finding, verdict_of
from pitchbar.widget.judging_page import Expected
from pitchbar.widget.looking import Send, look_at_page
from pitchbar.widget.models import DONE, RUNNING, InstallCheck


def find_check(agent: Agent) -> InstallCheck | None:
    return db.session.get(InstallCheck, agent.id)


def run_check(agent_id: int, settings: Settings, send: Send | None = None) -> None:
    """Looks while no transaction is open; commits. A check that was started anew meanwhile is left
    to who looks for it.
    """
    check, agent = db.session.get(InstallCheck, agent_id), db.session.get(Agent, agent_id)
    if check is None or agent is None or check.state != RUNNING:
        return
    url, began = check.page_url, check.started_at
    expected = expected_of(agent, settings)
    db.session.commit()
    ways = {"send": send} if send else {}
    findings = look_at_page(url, expected, settings[OutboundSettings].allowed, **ways)
    check = db.session.get(InstallCheck, agent_id)
    if check is not None and check.started_at == began:
        _keep(check, findings)
    db.session.commit()


def _keep(check: InstallCheck, findings: list[Finding]) -> None:
    check.findings = [one.stored() for one in findings]
    check.verdict, check.state = verdict_of(findings), DONE
    check.finished_at = clock.now()


def expected_of(agent: Agent, settings: Settings) -> Expected:
    others = db.session.execute(
        select(Agent.public_id, Agent.name).where(
            Agent.workspace_id == agent.workspace_id, Agent.id != agent.id
        )
    )
    return Expected(
        public_id=agent.public_id,
        is_published=agent.is_published,
        allowed_origins=tuple(agent.allowed_origins),
        restricted_paths=tuple(agent.restricted_paths),
        others={one.public_id: one.name for one in others},
        app_url=settings.app_url,
        widget_url=widget_origin(settings),
        hash=built()[LOADER].hash,
        modules=[one.address for name, one in built().items() if name != LOADER],
    )
