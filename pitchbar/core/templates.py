"""Templates that are compiled before the first page needs them."""

import re
from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment

# Of what a template names as it stands there; what it chooses while it is drawn waits for that.
_NAMED = re.compile(r"""{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']""")


def warm_templates(env: Environment, names: Iterable[str]) -> set[str]:
    """Compiles these and all that they name, for which else the first visitor of each process
    waits: about 10 ms for each. Gives their names.

    Raises:
        jinja2.TemplateNotFound
    """
    left, done = list(names), set[str]()
    while left:
        name = left.pop()
        if name in done:
            continue
        done.add(name)
        path = env.get_template(name).filename
        left += _NAMED.findall(Path(path).read_text()) if path else ()
    return done
