"""What values are called that rows hold as numbers, or by a name of before."""

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import Connection, select

from pitchbar.analytics.dimensions import Dimension
from pitchbar.codes.labels.models import Label
from pitchbar.core.device_names import plain_browser, plain_system
from pitchbar.domains.models import Domain

_PLAIN: Mapping[str, Callable[[str], str]] = {"os": plain_system, "browser": plain_browser}


def names_of(
    connection: Connection, workspace_id: int, dimension: Dimension, values: Iterable[str]
) -> Mapping[str, str]:
    """By value, as filters write it; those that are left out are called as they are: a code and a
    rule by number, and a domain that is gone.
    """
    if dimension.kind == "label":
        labels = select(Label.id, Label.name).where(Label.workspace_id == workspace_id)
        return {str(label_id): name for label_id, name in connection.execute(labels)}
    if dimension.kind == "domain":
        hosts = select(Domain.id, Domain.host).where(Domain.workspace_id == workspace_id)
        return {str(domain_id): host for domain_id, host in connection.execute(hosts)}
    plain = _PLAIN.get(dimension.key)
    return {value: plain(value) for value in values if value} if plain else {}
