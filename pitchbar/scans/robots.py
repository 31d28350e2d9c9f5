"""Which scans no person made, and why we think so.

Whoever names itself a robot is one, and so is a program that names no browser; a list of known ones
does the rest. What a phone says of its model and build counts for nothing: there are phones called
Butterfly and Sonic.
"""

import re
from functools import lru_cache

import crawleruseragents

from pitchbar.scans.accepted import AcceptedScan

# As people read them.
ROBOT_LABELS = {
    "known_agent": "known robot",
    "self_named": "calls itself a robot",
    "contact": "leaves an address, as robots do",
    "program": "a program, not a browser",
    "link_preview": "link preview",
    "head": "checked the link only",
    "prefetch": "loaded ahead",
    "no_agent": "names no browser",
}

# "prefetch", "prefetch;prerender", "preview": a browser that looks ahead of its person.
_AHEAD = re.compile("prefetch|prerender|preview", re.IGNORECASE)

# Fetchers that draw a preview of a link in a chat or a post. The apps' own browsers, which people
# use, name an engine and a phone, and stand behind it.
_PREVIEWS = re.compile(
    r"facebookexternalhit|facebookcatalog|meta-externalfetcher|Twitterbot|Slackbot|Slack-ImgProxy|"
    r"LinkedInBot|WhatsApp/\d|TelegramBot|Discordbot|SkypeUriPreview|redditbot|Pinterest(?:bot|/0)|"
    r"^Viber\b|vkShare|Mastodon|Pleroma|Akkoma|Misskey|Friendica|Lemmy|Bluesky|Iframely|Embedly|"
    r"kakaotalk-scrap|facebookscraper|LINE-Parts|linespider|GoogleMessages|Google-PageRenderer|"
    r"MicrosoftPreview|BingPreview|Snap URL Preview|^Signal|Synapse \(bot|URLPreview|link-?preview",
    re.IGNORECASE,
)

# "(Linux; Android 15; Pixel 9 Build/AP3A.240617.008)", with whatever brackets a model has.
_PHONE_MODEL = re.compile(r"\((?:Linux; ?)?(?:U; |arm_64; )?Android[^()]*(?:\([^()]*\)[^()]*)*\)")

# Robots that pass for a phone say so within its brackets.
_NAMES_ITSELF_AS_PHONE = re.compile(
    r"\w-Google/|GTmetrix|screen-?shot|compatible; \w*bot", re.IGNORECASE
)

_NAMES_ITSELF = re.compile(
    # Not the phones of Cubot.
    r"(?<!cu)bots?(?![a-z])|crawl|spider|slurp|scrap(?:er|y\b)|fetch(?:er|or)\b|archiver|headless|"
    r"phantomjs|lighthouse|page ?speed|snapshot|screen-?shot|thumb(?:nail|shots?|s)|webthumb|"
    r"scanner|"
    r"validator|checker|monitor(?:ing)?\b|health-?check|pingdom|uptime|prerender|sitemap|indexer|"
    r"harvest|analy[sz]er|link[ _-]?(?:check|valid|walk)|web-?capture|\bseo\b|probe|"
    r"(?<!technology%20)preview\b|sniffer|grabber|extractor|collector|inspect(?:or|ion)|"
    r"feed(?:fetch|burner|parser|ly|bin|wrangler)|readability|nessus|nikto|sqlmap|nmap|"
    r"masscan|zgrab|"
    r"wappalyzer|selenium|webdriver|puppeteer|playwright|catchpoint|dareboost|gtmetrix|ptst\b|"
    r"speedcurve|debugbear|diagnostics|verification\b|measurement\b|transcoder|"
    r"(?:mail|image) ?proxy|\bdcv\b|webhooks?\b|security[ -]scan|Google Search Console|"
    # What tries to break in names itself well enough.
    r"\$\{|\(\) ?\{|<\?|<script|"
    r"AdSenseInfeed|daum(?:oa)?[ /]\d|scans\b|"
    r"new ?relic|datadog|synthetic|httrack|copier|ripper|siphon|teleport|"
    r"getright|webzip|duplexweb|google(?:-(?!app)| ?favicon|imageproxy|docs|producer)|"
    r"mediapartners|"
    r"yahoo! ?(?:mindset|link)|yandex(?:images|metrika|screenshot)|neustar|iplabel|webkit2png|"
    r"wkhtml|"
    r"observatory/|http client|claude-web|chatgpt|perplexity|okhttp|axios/|undici|guzzle|restsharp",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    # Not the makers of browsers that say so in each request.
    r"https?:/(?!/(?:www\.)?(?:bsalsa|qtweb|avantbrowser|orcabrowser|kangaroo-personal)\.)|"
    r"^[\w-]+\.(?:com|net|org|de|io)\b|"
    # "(+example.com)"; "(+DRM; …)" is what a television can do.
    r"\(\+ ?[\w-]+[.@]|\bwww\.(?!qtweb)[a-z]|[\w.-]+@[\w-]+\.[a-z]{2,}\b|\bmailto:",
    re.IGNORECASE,
)
_ENGINE = re.compile(
    r"AppleWebKit|Gecko/|Gecko$|Trident/|MSIE |Presto/|^Opera[/ ]|Opera M|KHTML|NetFront|Goanna|"
    r"Firefox/|Iceweasel/|Chrom(?:e|ium)/\d|Safari/\d|Opera/\d|Dalvik/|^(?i:mozilla)/|"
    r"Konqueror/|iCab|^E?Links[ /(]|Lynx/|w3m/|OmniWeb/|Dillo/|NetSurf/|"
    r"Mosaic/|IBrowse/|HotJava/|Sleipnir/|Puffin|CFNetwork/|iTunes/|"
    r"NSPlayer/|Windows-Media-Player/|Internet Explorer/"
)
_PHONE = re.compile(
    r"MIDP|CLDC|UP\.(?:Browser|Link)|\bWAP\b|Nokia|BlackBerry|\bBB10|SAMSUNG|SEC-|"
    r"SonyEricsson|\bLGE?[-/ ]|"
    r"MOT-|\bZTE|HUAWEI|ALCATEL|Panasonic|SIE-|SHARP|KYOCERA|Motorola|UCWEB|UCBrowser|J2ME|Brew|"
    r"Symbian|Series[46]0|Maemo|MAUI|Obigo|Teleca|Nintendo|PlayStation|PS Vita|Windows Phone|"
    r"Windows CE|DoCoMo|KDDI|SoftBank|Vodafone|J-PHONE|PalmOS|webOS|Kindle|Mobile|Roku|AppleTV|"
    r"Android|iPhone|iPad|iPod|Tizen|Bada|Smart-?TV|HbbTV|Hybridcast|CE-HTML|NETTV|KreaTV|VIZIO|"
    r"Xbox|Aplix_|nook browser|Amiga|Palmscape|Xiino|CorePlayer|GOGGalaxy|Blazer|Sagemcom|"
    r"Skardin|Google Fiber|Kepler/|LibVLC|watchOS|FBA[NV]/|FB_IAB/|"
    # What some Android browsers say of themselves: "A/8.1.0/ANS/L51/…".
    r"^A/\d|portalmmm|MMP/\d|^AU-MIC|WAP\d|^Spice |/Screen-\d",
    re.IGNORECASE,
)
# A system, as browsers name the one they run on.
_SYSTEM = re.compile(
    r"Windows|\bWin(?:\d\d|NT)|Macintosh|Mac[ _]OS|Mac_PowerPC|PPC\b|68K|Linux|X11|BSD|SunOS|CrOS|"
    r"OS/2|BeOS|Haiku|AIX|HP-UX|IRIX|RISC OS|Darwin|DirectFB|Unix|Fuchsia|QNX",
    re.IGNORECASE,
)
_MOZILLA = re.compile(r"^Mozilla/\d[\d.]*\s*", re.IGNORECASE)
# Browsers that say little more than their name.
_BROWSER_NAME = re.compile(r"Browser\b|Explorer\b|^(?:OPR|WebKit|QtWebKit|Cyberdog|UCSB)/", re.I)
# "Mozilla/5.0 (compatible; Thing/1.0)" and no more: said by those who want to pass for a browser.
_BARE = re.compile(
    r"^Mozilla/[45]\.0 \((?i:compatible;) (?!.*(?:MSIE|Trident))(?!Konqueror|Linux|Windows|"
    r"iCab|OmniWeb|en|X11|U;)[^()]*\)?$"
)
# The list calls these robots: the browsers within apps, and Opera's small one.
_PEOPLE_AFTER_ALL = re.compile(
    r"Viber/|Blackboard/|Butterfly|Sogou(?:MSE|Mobile|Search)|Fluid/|Opera Mini"
)


def find_robot_reason(scan: AcceptedScan) -> str | None:
    """A key of ROBOT_LABELS, or None for what a person may have made."""
    if scan.method == "HEAD":
        return "head"
    if scan.purpose and _AHEAD.search(scan.purpose):
        return "prefetch"
    return robot_reason_of_agent(scan.user_agent)


@lru_cache(maxsize=16384)
def robot_reason_of_agent(user_agent: str) -> str | None:
    """Searched once for each distinct header: the list of known robots is long."""
    if not user_agent.strip():
        return "no_agent"
    if _PREVIEWS.search(user_agent):
        return "link_preview"
    plain = _PHONE_MODEL.sub("(Android)", user_agent)
    if crawleruseragents.is_crawler(plain) and not _PEOPLE_AFTER_ALL.search(plain):
        return "known_agent"
    if _NAMES_ITSELF.search(plain) or _NAMES_ITSELF_AS_PHONE.search(user_agent):
        return "self_named"
    if _is_program(user_agent) or _BARE.search(plain):
        return "program"
    return "contact" if _CONTACT.search(plain) else None


def _is_program(user_agent: str) -> bool:
    """Whether it names neither an engine nor a phone: every browser does.

    "SomeCrawler/1.0", "node", and "Mozilla/5.0 Thing/1.0", which tells of no system either.
    """
    if _PHONE.search(user_agent) or _BROWSER_NAME.search(user_agent):
        return False
    said, is_mozilla = _MOZILLA.subn("", user_agent, count=1)
    if is_mozilla:
        return not (_ENGINE.search(said) or _SYSTEM.search(said))
    return not _ENGINE.search(user_agent)
