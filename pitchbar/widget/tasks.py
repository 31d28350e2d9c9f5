from pitchbar.jobs import Queue, task
from pitchbar.settings import current_settings
from pitchbar.widget.checking import run_check


@task(queue=Queue.DEFAULT, tries=2, timeout=60)
def check_install(agent_id: int) -> None:
    """Looks at a customer's page: somebody waits to hear whether the widget is there."""
    run_check(agent_id, current_settings())
