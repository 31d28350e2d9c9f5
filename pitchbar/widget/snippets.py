"""The snippet as the makers of sites take it."""

import json

from pitchbar.settings import Settings
from pitchbar.widget.addresses import script_url, widget_origin

_TAG = """<script>
(function () {{
  var s = document.createElement('script');
  s.src = {src};
{attributes}
  s.async = true;
  document.body.appendChild(s);
}})();
</script>"""


def tag_manager_tag(public_id: str, settings: Settings) -> str:
    """For Google Tag Manager, which takes away attributes that it does not know."""
    given = {"data-agent": public_id}
    if widget_origin(settings) != settings.app_url:
        given["data-api"] = f"{settings.app_url}/api/v1/widget"
    lines = [
        f"  s.setAttribute({json.dumps(name)}, {json.dumps(value)});"
        for name, value in given.items()
    ]
    return _TAG.format(src=json.dumps(script_url(settings)), attributes="\n".join(lines))


def wordpress_code(snippet: str) -> str:
    return f"add_action('wp_footer', function () {{ ?>\n{snippet}\n<?php }});"
