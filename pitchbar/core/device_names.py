"""What people call the browsers, apps and systems that a User-Agent header speaks of.

Apps come before the browsers that they are made of, and browsers before the engines that they
pretend to be: the first that fits is the one.
"""

import re

Rules = tuple[tuple[re.Pattern[str], str], ...]


def _rules(*pairs: tuple[str, str]) -> Rules:
    return tuple((re.compile(pattern), name) for pattern, name in pairs)


_APPS = _rules(
    (r"wxwork/", "WeCom"),
    (r"MicroMessenger|WeChat/", "WeChat"),
    (r"\bQQ/\d|\bQQTheme", "QQ"),
    (
        r"MessengerForiOS|MessengerLite|FB_IAB/(?:MESSENGER|Orca)|FBAN/Orca|Orca-Android",
        "Messenger",
    ),
    (r"\bBarcelona \d", "Threads"),
    (r"\bInstagram\b", "Instagram"),
    (r"\bFB(?:AN|AV|_IAB|IOS|ForIPhone)\b|^Facebook", "Facebook"),
    (r"WhatsApp/", "WhatsApp"),
    (r"musical_ly|TikTok|\btrill_|BytedanceWebview", "TikTok"),
    (r"\baweme", "Douyin"),
    (r"Snapchat", "Snapchat"),
    (r"\bPinterest\b", "Pinterest"),
    (r"LinkedInApp|LinkedIn/", "LinkedIn"),
    (r"Twitter(?:Android| for |/)", "X"),
    (r"\bLine/\d", "LINE"),
    (r"KAKAOTALK|KakaoTalk", "KakaoTalk"),
    (r"KAKAOSTORY", "KakaoStory"),
    (r"NAVER\(", "NAVER"),
    (r"DaumApps", "Daum"),
    (r"\bReddit/", "Reddit"),
    (r"\bViber/", "Viber"),
    (r"Telegram(?:-Android|-iOS)?[/ ]", "Telegram"),
    (r"\bSlack(?:_SSB)?/", "Slack"),
    (r"\bTeams(?:Mobile)?[-/]", "Teams"),
    (r"Zalo", "Zalo"),
    (r"DingTalk", "DingTalk"),
    (r"AlipayClient", "Alipay"),
    (r"Weibo \(|__weibo__|weibo", "Weibo"),
    (r"XiaoHongShu|xhsdiscover", "Xiaohongshu"),
    (r"NewsArticle", "Toutiao"),
    (r"baiduboxapp", "Baidu"),
    (r"YaApp_|YaSearchApp|YandexSearch/", "Yandex app"),
    (r"\bGSA/", "Google app"),
    (r"Discord/", "Discord"),
)
_BROWSERS = _rules(
    (r"UC ?Browser|UCWEB|\bUCTurbo|\bUBrowser", "UC Browser"),
    (r"Opera Mini|OPiOS", "Opera Mini"),
    (r"\bOPT/\d|OPTouch", "Opera Touch"),
    (r"\bOPX/\d|\bOPGX|OperaGX", "Opera GX"),
    (r"SamsungBrowser|Tizen.+TV Safari|Maple", "Samsung Internet"),
    (r"DuckDuckGo|\bDdg/", "DuckDuckGo"),
    (r"HuaweiBrowser|HBPC/", "Huawei Browser"),
    (r"MiuiBrowser|XiaoMi/|Mint Browser", "Mi Browser"),
    (r"VivoBrowser", "vivo Browser"),
    (r"HeyTapBrowser|OppoBrowser|ColorOS Browser", "OPPO Browser"),
    (r"RealmeBrowser", "realme Browser"),
    (r"HonorBrowser", "Honor Browser"),
    (r"MZBrowser", "Meizu Browser"),
    (r"\bPHX/", "Phoenix"),
    (r"LG ?Browser/", "LG Browser"),
    (r"Quark/", "Quark"),
    (r"MQQBrowser|QQBrowser", "QQ Browser"),
    (r"YaBrowser|YaSearchBrowser|Yowser", "Yandex Browser"),
    (r"Vivaldi/", "Vivaldi"),
    (r"\bBrave/|Brave Chrome", "Brave"),
    (r"\bWhale/", "Whale"),
    (r"coc_coc_browser|\bCocCoc", "Cốc Cốc"),
    (r"\b(?:Focus|Klar)/\d", "Firefox Focus"),
    (r"\bAloha(?:Browser)?/", "Aloha"),
    (r"Ecosia", "Ecosia"),
    (r"\bSilk/", "Silk"),
    (r"Puffin/", "Puffin"),
    (r"(?:baidu|bdbrowser|BIDU)[Bb]rowser|bdbrowser", "Baidu Browser"),
    (r"MetaSr|SogouM|Sogou", "Sogou"),
    (r"QHBrowser|360SE|360EE|360 ?Aphone", "360 Browser"),
    (r"Maxthon|MxBrowser|MXiOS", "Maxthon"),
    (r"\bEdg(?:e|A|iOS|W)?/", "Edge"),
    (r"NintendoBrowser|Nintendo", "Nintendo"),
    (r"PlayStation|PLAYSTATION", "PlayStation"),
    (r"IEMobile|\bMSIE |Trident/", "Internet Explorer"),
    (r"\bOPR/|\bOPRGX|Opera[/ ]|\bOMI/", "Opera"),
    (r"FxiOS|Firefox/\d(?!.*(?:SeaMonkey|PaleMoon|Waterfox|Iceweasel|IceCat))", "Firefox"),
    (r"Roku", "Roku"),
    (r"ArkWeb", "Huawei Browser"),
    (r"OculusBrowser", "Meta Quest Browser"),
    (r"Kindle/", "Kindle"),
)
_CHROME = re.compile(r"CriOS|(?<!Headless)Chrome/\d")
_OLD_ANDROID_BROWSER = re.compile(r"Android.* Version/\d[\d.]* (?:Mobile )?Safari")
_ANDROID_VIEW = re.compile(r"; ?wv\)|Android.*Version/4\.0 Chrome/")
_IOS_VIEW = re.compile(r"\((?:iPhone|iPad|iPod).*AppleWebKit(?!.*(?:Safari|CriOS)/)")
# Others that are built of Chrome keep the name that the parser finds.
_NOT_ONLY_CHROME = re.compile(r"Kindle|Kiwi|Falkon|QtWebEngine|Electron|Sleipnir|Iron/|Comodo")

_SYSTEMS = _rules(
    (r"watch ?OS|Watch OS", "watchOS"),
    (r"Apple ?TV|tvOS", "tvOS"),
    (r"OpenHarmony|HarmonyOS", "HarmonyOS"),
    (r"KAIOS|KaiOS", "KaiOS"),
    (r"Windows Phone|WPDesktop|XBLWP7|IEMobile", "Windows Phone"),
    (r"Xbox|XBOX", "Xbox"),
    (r"Play ?Station|PLAYSTATION", "PlayStation"),
    (r"Nintendo", "Nintendo"),
    (r"Web0S|webOS", "webOS"),
    (r"NetCast", "NetCast"),
    (r"Roku", "Roku OS"),
    (r"VIDAA|Vidaa", "VIDAA"),
    (r"\bTizen", "Tizen"),
    (r"\bAFT[A-Z]\w*|Fire ?TV|FIRETV|Silk/|\bKF[A-Z]{2,6}\b|Fire OS", "Fire OS"),
    (r"\bCrOS\b", "ChromeOS"),
    (r"Kindle/", "Kindle"),
    (r"Andr[o0]id|\bAdr \d|FBAN/(?:FB4A|EMA|Orca-Android)", "Android"),
    (r"iPhone|iPad|iPod|\biP[hd]\d|\biOS\b|FBIOS", "iOS"),
    (r"Macintosh|Mac ?OS|Mac_PowerPC", "macOS"),
    (r"Windows", "Windows"),
)
# What the parser and older rows of the database call things.
_PLAIN = {
    "Mac OS X": "macOS",
    "Chrome OS": "ChromeOS",
    "Web0S": "webOS",
    "ATV OS X": "tvOS",
    "Mobile Safari UI/WKWebView": "iOS app",
    "Chrome Mobile WebView": "Android app",
    "Android": "Android Browser",
    "IE": "Internet Explorer",
    "IE Mobile": "Internet Explorer",
    "QQ Browser Mobile": "QQ Browser",
    "Amazon Silk": "Silk",
    "Epiphany": "GNOME Web",
    "Chromecast Linux": "Linux",
    "Symbian OS": "Symbian",
    "Google": "Google app",
    "Twitter": "X",
    "MiuiBrowser": "Mi Browser",
    "Line": "LINE",
    "NetFront NX": "NetFront",
}
_AFFIXES = re.compile(r"^Mobile | Mobile(?: iOS)?$| iOS$| WebView$| Mobile WebView$")


def find_browser(user_agent: str, parsed: str | None) -> str | None:
    """Args:
    parsed: what the parser takes it for.
    """
    return (
        _first(_APPS, user_agent)
        or _first(_BROWSERS, user_agent)
        or _find_view(user_agent)
        or (plain_browser(parsed) if parsed else None)
    )


def find_system(user_agent: str, parsed: str | None) -> str | None:
    known = _first(_SYSTEMS, user_agent)
    # Only the parser tells the many kinds of Linux apart.
    return known or (plain_system(parsed) if parsed else None)


def _find_view(user_agent: str) -> str | None:
    """What an app without a name shows pages with; and Chrome, of which so much is made."""
    if _ANDROID_VIEW.search(user_agent):
        return "Android app"
    if _IOS_VIEW.search(user_agent):
        return "iOS app"
    if _CHROME.search(user_agent) and not _NOT_ONLY_CHROME.search(user_agent):
        return "Chrome"
    return "Android Browser" if _OLD_ANDROID_BROWSER.search(user_agent) else None


def _first(rules: Rules, user_agent: str) -> str | None:
    return next((name for pattern, name in rules if pattern.search(user_agent)), None)


def plain_browser(name: str) -> str:
    """ "Safari" for "Mobile Safari": what older rows hold is shown as it is called today."""
    return _PLAIN.get(name) or _AFFIXES.sub("", name)


def plain_system(name: str) -> str:
    """ "macOS" for "Mac OS X"."""
    return name if name == "Android" else _PLAIN.get(name, name)


def browser_spellings(name: str) -> set[str]:
    """All that rows may hold of a browser that is called like that today."""
    plain = plain_browser(name)
    ends = ("", " Mobile", " Mobile iOS", " iOS", " WebView", " Mobile WebView")
    made = {f"{start}{plain}{end}" for start in ("", "Mobile ") for end in ends}
    return {one for one in {name, *made, *_PLAIN} if plain_browser(one) == plain}


def system_spellings(name: str) -> set[str]:
    plain = plain_system(name)
    return {one for one in {name, plain, *_PLAIN} if plain_system(one) == plain}
