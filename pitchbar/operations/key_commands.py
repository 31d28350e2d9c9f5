import click

from pitchbar.commands import in_app
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db
from pitchbar.operations.key_rotation import BATCH, Count, rotate
from pitchbar.settings import current_settings

# What a process of before writes meanwhile is met in the next round.
_MOST_ROUNDS = 5


@click.command("rotate-app-key")
@click.option("--dry-run", is_flag=True, help="Only count.")
@click.option("--batch", default=BATCH, show_default=True, type=click.IntRange(1, 10_000))
@in_app
def rotate_app_key(dry_run: bool, batch: int) -> None:
    """Encrypt anew under APP_KEY what is encrypted under APP_KEY_PREVIOUS."""
    settings = current_settings()
    if not settings.app_key_previous:
        click.echo("APP_KEY_PREVIOUS is not set: there is no key to turn away from.")
    counts = _run(settings.app_keys, dry_run, batch)
    for count in counts:
        click.echo(count.sentence(dry_run=dry_run))
    renewed = sum(one.renewed for one in counts)
    if renewed and not dry_run:
        by = Actor("system", None, "Command line")
        after = {one.kind: one.renewed for one in counts if one.renewed}
        record_event("app_key.rotated", Subject("installation", 0, ""), by=by, after=after)
        db.session.commit()
    lost = sum(len(one.unreadable) for one in counts)
    if lost:
        raise click.ClickException(
            f"{lost} {'text is' if lost == 1 else 'texts are'} under neither APP_KEY nor "
            "APP_KEY_PREVIOUS. Name the key that they were written under in APP_KEY_PREVIOUS."
        )
    if not dry_run:
        click.echo(
            "All is under APP_KEY. Take APP_KEY_PREVIOUS away when signed links have run out."
        )


def _run(keys: tuple[str, ...], dry_run: bool, batch: int) -> list[Count]:
    """Until a round finds nothing more to renew."""
    counts = rotate(db.engine, keys, dry_run=dry_run, batch=batch)
    rounds, last = 1, counts
    while not dry_run and rounds < _MOST_ROUNDS and any(one.renewed for one in last):
        last = rotate(db.engine, keys, dry_run=False, batch=batch)
        rounds += 1
        for total, found in zip(counts, last, strict=True):
            total.known = found.known - total.renewed
            total.renewed += found.renewed
            total.unreadable = found.unreadable
    return counts
