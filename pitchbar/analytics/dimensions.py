"""By what scans can be told apart: each dimension may filter and may be broken down by."""

from dataclasses import dataclass
from typing import Literal

from pitchbar.core.utm import UTM_NAMES

# What a value is called in an address and by the API: as it is stored ("text"), or by what its
# number leads to: a code's id, a label's name, a rule's id, a domain's host.
Kind = Literal["text", "code", "label", "rule", "domain"]


@dataclass(frozen=True, slots=True)
class Dimension:
    """Attributes:
    key: in addresses and in the API.
    column: of `scans`; a label is no column: it belongs to the code.
    number: in the rollups, for good.
    label, plural: in the words that people read.
    unknown: what scans are called that have no value.
    """

    key: str
    column: str
    number: int
    label: str
    plural: str
    unknown: str = "Unknown"
    kind: Kind = "text"


DIMENSIONS = (
    Dimension("code", "code_id", 1, "Code", "Codes", kind="code"),
    Dimension("campaign", "campaign", 2, "Campaign", "Campaigns", "No campaign"),
    Dimension("label", "", 3, "Label", "Labels", "No label", kind="label"),
    Dimension("rule", "rule_id", 4, "Rule", "Rules", "No rule", kind="rule"),
    Dimension("domain", "domain_id", 5, "Domain", "Domains", "Our own domain", kind="domain"),
    Dimension("country", "country", 6, "Country", "Countries"),
    Dimension("region", "region", 7, "Region", "Regions"),
    Dimension("city", "city", 8, "City", "Cities"),
    Dimension("language", "language", 9, "Language", "Languages"),
    Dimension("device", "device", 10, "Device", "Devices"),
    Dimension("os", "os", 11, "Operating system", "Operating systems"),
    Dimension("browser", "browser", 12, "Browser", "Browsers"),
    Dimension("referrer", "referrer_host", 13, "Referrer", "Referrers", "Direct or none"),
    *(
        Dimension(f"utm_{name}", f"utm_{name}", 14 + place, f"UTM {name}", f"UTM {name}s", "None")
        for place, name in enumerate(UTM_NAMES)
    ),
    Dimension("reason", "robot_reason", 19, "Set apart as", "Set apart as", "People"),
)
BY_KEY = {dimension.key: dimension for dimension in DIMENSIONS}
