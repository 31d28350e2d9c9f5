"""Maps for web servers and services that keep printed codes working without us."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

from pitchbar.transfers.leaving.redirects import RedirectMap

# What Cloudflare reads of a `_redirects` file: whole lines, and characters of one.
MOST_STATIC, LONGEST_LINE = 2_000, 1_000


@dataclass(frozen=True)
class MapKind:
    """Attributes:
    name: what its address calls it.
    file: the name of the file, of which `{host}` is the host.
    """

    name: str
    label: str
    file: str
    hint: str
    write: Callable[[RedirectMap], str]


def write_nginx(made: RedirectMap) -> str:
    """For `http { include …; }`. A dollar begins a variable wherever a value has one, and nginx
    knows no escape: so it comes out of a variable itself.
    """
    name = f"pitchbar_{_word(made.host)}"
    lines = [
        *_head(made, "#"),
        "#",
        "# Include this file within http { }, and answer on the host with:",
        "#",
        "#   server {",
        "#     listen 443 ssl;",
        f"#     server_name {made.host};",
        f"#     if (${name}) {{ return 302 ${name}; }}",
        "#     location / { return 404; }",
        "#   }",
        "#",
        "# Leave the next two lines out where your nginx.conf has them already.",
        "map_hash_max_size 262144;",
        "map_hash_bucket_size 256;",
        "",
        f'geo ${name}_dollar {{ default "$"; }}',
        "",
        f"map $uri ${name} {{",
        '    default "";',
        *(
            f"    {_nginx_quoted(path)} {_nginx_quoted(url, f'${{{name}_dollar}}')};"
            for path, url in made.entries
        ),
        "}",
    ]
    return "\n".join(lines) + "\n"


def write_caddy(made: RedirectMap) -> str:
    """A whole site of a Caddyfile. Braces would be placeholders, so addresses have them as
    percent-encoded letters, which mean the same.
    """
    lines = [
        *_head(made, "#"),
        "",
        f"{made.host} {{",
        "    map {path} {pitchbar_target} {",
        *(f"        {path} {_caddy_quoted(url)}" for path, url in made.entries),
        '        default ""',
        "    }",
        '    @known `{pitchbar_target} != ""`',
        "    redir @known {pitchbar_target} 302",
        '    respond "Not found" 404',
        "}",
    ]
    return "\n".join(lines) + "\n"


def write_cloudflare(made: RedirectMap) -> str:
    """`_redirects` of Cloudflare Pages, as Netlify reads it, too."""
    lines = [f"{path} {url} 302" for path, url in made.entries]
    long = sum(len(line) > LONGEST_LINE for line in lines)
    notes = []
    if len(lines) > MOST_STATIC:
        notes.append(
            f"# Cloudflare reads {MOST_STATIC:,} lines of it, and there are {len(lines):,}: take "
            "the list for Bulk Redirects instead."
        )
    if long:
        notes.append(f"# {long:,} lines are longer than the {LONGEST_LINE:,} characters it reads.")
    return "\n".join([*_head(made, "#"), *notes, "", *lines]) + "\n"


def write_bulk_redirects(made: RedirectMap) -> str:
    """A list for Cloudflare's Bulk Redirects: source, target, status, and its four switches. The
    format has no place for comments.
    """
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    for path, url in made.entries:
        rows.writerow([f"https://{made.host}{path}", url, 302, *["FALSE"] * 4])
    return out.getvalue()


def _head(made: RedirectMap, mark: str) -> list[str]:
    lines = [
        f"Codes of {made.host} and where they lead: {len(made.entries):,} addresses.",
        "Values that a scanned address carries, such as utm_source, are not passed on.",
        *made.losses.sentences(),
    ]
    return [f"{mark} {line}" for line in lines]


def _word(host: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", host.lower()).strip("_")


def _nginx_quoted(text: str, dollar: str = "$") -> str:
    """Within quotation marks braces, semicolons and spaces mean nothing."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain.replace("$", dollar)}"'


def _caddy_quoted(url: str) -> str:
    plain = url.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C").replace('"', "%22")
    return f'"{plain}"'


KINDS = {
    kind.name: kind
    for kind in (
        MapKind(
            "nginx",
            "nginx",
            "{host}.nginx.conf",
            "A map to include, with a server block in its head.",
            write_nginx,
        ),
        MapKind(
            "caddy",
            "Caddy",
            "{host}.caddyfile",
            "A whole site for a Caddyfile.",
            write_caddy,
        ),
        MapKind(
            "cloudflare",
            "Cloudflare Pages",
            "_redirects",
            f"A _redirects file: {MOST_STATIC:,} addresses at most. Netlify reads it, too.",
            write_cloudflare,
        ),
        MapKind(
            "cloudflare-bulk",
            "Cloudflare Bulk Redirects",
            "{host}.bulk-redirects.csv",
            "A list for a whole zone, without the limit of a _redirects file.",
            write_bulk_redirects,
        ),
    )
}
