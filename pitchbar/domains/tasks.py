from pitchbar.domains.rounds import check_due_domains
from pitchbar.jobs import Queue, every, task
from pitchbar.settings import current_settings


@task(
    queue=Queue.DEFAULT,
    tries=1,
    timeout=150,
    schedule=every.minutes(1),
    missed="skip",
)
def check_domains() -> None:
    """Looks at the records of the domains that are due."""
    check_due_domains(current_settings())
