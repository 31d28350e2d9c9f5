"""On which addresses a code leads on: that of our own host, and any on own domains.

Only a code's present address is printed from now on; those of before stay its own and lead on.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from pitchbar.codes.addresses import Address, short_url
from pitchbar.codes.errors import ShortCodeTaken, UnusableDomain
from pitchbar.codes.models import Code, CodeAddress
from pitchbar.core.tokens import new_short_code
from pitchbar.domains.models import Domain
from pitchbar.domains.queries import find_domain, list_served_domains
from pitchbar.extensions import db
from pitchbar.settings import Settings
from pitchbar.workspaces.models import Workspace

Place = tuple[Domain | None, str]


def find_usable_domain(workspace: Workspace, host: str | None) -> Domain | None:
    """The domain of that name on which codes can be; None for our own host, which is named by
    nothing.

    Raises:
        UnusableDomain
    """
    name = str(host or "").strip().lower().rstrip(".")
    if not name:
        return None
    domains = list_served_domains(workspace)
    found = next((one for one in domains if name in (one.host, one.name)), None)
    if found is None:
        raise UnusableDomain(name, is_waiting=find_domain(workspace, name) is not None)
    return found


def find_code_on(domain: Domain, short_code: str) -> Code | None:
    """Deleted or not: an address that was printed is given to no other code."""
    return db.session.scalar(
        select(Code)
        .join(CodeAddress, CodeAddress.code_id == Code.id)
        .where(CodeAddress.domain_id == domain.id, CodeAddress.short_code == short_code)
    )


def place_on(code: Code, domain: Domain, chosen: str) -> None:
    """Makes an address on the domain the present one; with none chosen, one at random.

    Raises:
        ShortCodeTaken
    """
    attempts = [chosen] if chosen else [new_short_code() for _ in range(5)]
    short_code = next((one for one in attempts if _has_address(code, domain, one)), None)
    if short_code is None:
        raise ShortCodeTaken(attempts[-1])
    code.domain_id, code.domain_short_code = domain.id, short_code
    db.session.flush()
    db.session.expire(code, ["domain"])


def _has_address(code: Code, domain: Domain, short_code: str) -> bool:
    """Whether it is the code's, of before or from now on. The index decides, not a look before."""
    holder = find_code_on(domain, short_code)
    if holder is not None:
        return holder.id == code.id
    address = CodeAddress(
        workspace_id=code.workspace_id,
        code_id=code.id,
        domain_id=domain.id,
        short_code=short_code,
    )
    try:
        with db.session.begin_nested():
            db.session.add(address)
    except IntegrityError:
        return False
    return True


def place_on_our_host(code: Code) -> None:
    code.domain_id = code.domain_short_code = None
    db.session.flush()
    db.session.expire(code, ["domain"])


def list_addresses(code: Code, settings: Settings) -> list[Address]:
    """The present one first, then whatever else leads on, the newest first."""
    return list_addresses_of([code], settings)[code.id]


def list_addresses_of(codes: Sequence[Code], settings: Settings) -> dict[int, list[Address]]:
    """The same for several codes, by their ids."""
    rows = db.session.execute(
        select(CodeAddress.code_id, Domain, CodeAddress.short_code)
        .join(Domain, Domain.id == CodeAddress.domain_id)
        .where(CodeAddress.code_id.in_([code.id for code in codes]))
        .order_by(CodeAddress.id.desc())
    )
    places: dict[int, list[Place]] = {code.id: [] for code in codes}
    for code_id, domain, short_code in rows:
        places[code_id].append((domain, short_code))
    return {code.id: _sorted(code, places[code.id], settings) for code in codes}


def _sorted(code: Code, on_domains: list[Place], settings: Settings) -> list[Address]:
    present = (code.domain_id, code.present_short_code)
    places = [*on_domains, (None, code.short_code)]
    found = [
        Address(
            short_url(short_code, settings, domain),
            (domain.id if domain else None, short_code) == present,
        )
        for domain, short_code in places
    ]
    return sorted(found, key=lambda address: not address.is_present)


def addresses_by_code(code_ids: Sequence[int]) -> Mapping[int, list[list[int | str]]]:
    """For edges: domain and short code of each address beside that of our own host."""
    columns = (CodeAddress.code_id, CodeAddress.domain_id, CodeAddress.short_code)
    found: defaultdict[int, list[list[int | str]]] = defaultdict(list)
    for row in db.session.execute(select(*columns).where(CodeAddress.code_id.in_(code_ids))):
        found[row.code_id].append([row.domain_id, row.short_code])
    return found


def leave_domain(domain_id: int) -> None:
    """Codes on it go back to our host, and its addresses stop leading to them."""
    db.session.execute(
        update(Code)
        .where(Code.domain_id == domain_id)
        .values(domain_id=None, domain_short_code=None)
        .execution_options(synchronize_session="fetch")
    )
    db.session.execute(delete(CodeAddress).where(CodeAddress.domain_id == domain_id))
