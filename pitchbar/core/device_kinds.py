"""Whether a User-Agent header speaks of a phone, a tablet, a TV or something else."""

import re

_CONSOLE = re.compile(
    r"Play ?Station|\bPS[345P]\b|;ps[45];|Nintendo|Xbox(?! ?One; ?Lumia)|XBOX_|Steam ?Deck|"
    r"Steam GameOverlay|GAMEPAD|\bOUYA\b|Retroid|SEGASATURN|; SHIELD (?:Build|\))",
    re.IGNORECASE,
)
_PHONE_WITH_XBOX = re.compile(r"Windows Phone|XBLWP7|Lumia", re.IGNORECASE)
_WATCH = re.compile(
    r"watch ?OS|\bWatch\d+,\d|Apple ?Watch|Wear ?OS|\bSM-[RL][789]\d\d|TicWatch|ZenWatch|"
    r"Galaxy Watch|Pixel Watch"
)
_HEADSET = re.compile(r"OculusBrowser|PicoBrowser|; (?:Meta )?Quest(?: \dS?| Pro)?\)|\bVR Safari")
# What TVs, sticks and boxes say of themselves, whoever made them.
_TV = re.compile(
    r"Smart-?TV|Smart[ _-]?Box|\bApple ?TV|tvOS|Google ?TV|HbbTV|Hybridcast|Web0S|webOS\.TV|WebTV|"
    r"Tizen.+TV|BRAVIA|Roku|\bAFT[A-Z]\w*|smarttv_|FIRETV|Fire ?TV|NetCast|NETTV|NetTV|CE-HTML|"
    r"Tbrowser|\bOMI/|Opera TV|OTV_|stbapp|\bSTB|SetTopBox|SonyCEBrowser|InettvBrowser|"
    r"DTVNetBrowser|\bVIERA|\bViera|AQUOS|\(DTV\b|\(TV;|SmartCast|VIZIO|ViziOS|VIDAA|Vidaa|CrKey|"
    r"Chromecast|Kepler/|BrightSign|YouView|TiVo|TiviMate|Philips ?TV|MB9[57]/|\bMAG\d{3}|Espial|"
    r"QtEmbedded|Android ?TV|\bATV\b|Mi ?(?:TV|Box)|MIBOX|MiTV|TVBOX|TV[ _-]?(?:Box|Stick)|TVwith|"
    r"[ _-]Box\b|\bBox[ _]|Tuner|Freebox|Magenta ?TV|olleh tv|IPTV|Quick Search TV|\(lite\) TV\b|"
    r"Safari/[\d.]+ TV\b|Stick(?: |;|\)|_| Build)|[ _]Shell[ _]|_shell_|LG ?Browser/|WhaleTV|Xumo|"
    r"Philips, ?\d{2}|\(Linux mips|Model/(?!.*Mobile)|NETRANGE|[,;] ?(?i:wire(?:d|less))\)"
)
# "43LEX-8243", "LED32S", "UHD": a model that begins with the inches of its screen, or names the
# kind of its panel; and makers of boxes.
_TV_MODEL = re.compile(
    r"(?:LED|UHD|QLED|OLED|[A-Z]TV-|DTV|\bT?LE-)[ _-]?\d{2}|(?<!HD)TV\b|\bTV[ _-]?\d{2}|"
    r"\b\w*TV[_-]|UHD\b|\b4K\b|"
    r"(?:\b|_|[A-Z]{2,4}[-_ ]?)(?:19|2[0248]|3[29]|4[0-39]|5[058]|6[05]|7[057]|8[56]|98)"
    r"[A-Z]{1,4}[-_]?\d{2,5}|"
    r"\b[A-Z]{1,3}(?:32|40|42|43|50|55|58|65|75)[A-Z]{1,4}\d|"
    r"\b[A-Z]{2}(?:32|43|50|55|65|75)[A-Z]{3}|\b(?:43|50|55|58|65|75|85)U[A-Z]|"
    r"\b[A-Z]{1,2}24[A-Z]\d{4}|(?:[a-z]|[A-Z]{2})[ _-]?(?:[Bb]ox|BOX)\d?\b|Beelink|Formuler|UGOOS|"
    r"GT-?King|\bX96|\bA95X|\bT95[A-Z]|VONTAR|Tran[Ss]peed|V(?:orke|ORKE)|iconBIT|\bNEO-X\d"
)
_MODEL = re.compile(r"\bAndr[o0]id[ \w.]*;(?: ?[a-z]{2}[-_][a-zA-Z]{2};)? ?([^;)]*)")

_TABLET = re.compile(
    r"iPad|iPd\d|\bTablet\b|PlayBook|Silk/(?!.*Mobile)|Kindle|\bKF[A-Z]{2,6}\b|\bSM-[TXP]\d{3}|"
    r"Nexus (?:7|9|10)\b|\b(?:Media|Mate|Honor|My)Pad|\bPad\b|\bTab\b|\bTB-?[X\d]\w{3}|Lenovo TB|"
    r"Kobo|tolino|PocketBook|Xoom|GT-P\d{4}|GT-N(?:80|51)\d\d|Touch; M[AD]..JS",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"Mobi|iPhone|iPod|iPh\d|Windows Phone|WPDesktop|Windows CE|BlackBerry|\bBB10|Opera Mini|"
    r"MIDP|J2ME|Symbian|Series ?[46]0|UP\.(?:Browser|Link)|KAIOS|MAUI|Nokia|SonyEricsson|DoCoMo|"
    r"XBLWP7|Lumia|PalmSource|Brew MP|\bBREW\b|Obigo|SAMSUNG-|\bLG[-/]|NetFront/\d.*\b(?:REX|BREW)|"
    r"FBAN/(?:FB4A|FBIOS|EMA|Orca|Messenger)",
    re.IGNORECASE,
)
_ANDROID = re.compile(r"Andr[o0]id|\bAdr \d|OpenHarmony|HarmonyOS", re.IGNORECASE)
_DESKTOP = re.compile(
    r"Windows NT|Windows 9|Win(?:dows|64|32)\b|Macintosh|Mac OS|Power ?Mac|iMac|MacBook|X11|CrOS|"
    r"Linux (?:x86_64|i686|amd64)|SunOS|BSD|\bWayland\b",
)
_LAPTOP = re.compile(
    r"\(PC; OpenHarmony|Chromebook|CrosArc|Pixelbook|HP EliteBook|; (?:Aspire|Inspiron) "
)


def find_kind(user_agent: str) -> str | None:
    """ "phone", "tablet", "tv", "desktop", "console", "watch" or "headset"; unknown is None."""
    if _CONSOLE.search(user_agent) and not _PHONE_WITH_XBOX.search(user_agent):
        return "console"
    if _WATCH.search(user_agent):
        return "watch"
    if _HEADSET.search(user_agent):
        return "headset"
    if _TV.search(user_agent) or _is_tv_model(user_agent):
        return "tv"
    if _LAPTOP.search(user_agent):
        return "desktop"
    return _find_hand_held(user_agent) or ("desktop" if _DESKTOP.search(user_agent) else None)


def _is_tv_model(user_agent: str) -> bool:
    model = _MODEL.search(user_agent)
    return model is not None and _TV_MODEL.search(model[1].split(" Build")[0]) is not None


def _find_hand_held(user_agent: str) -> str | None:
    if _TABLET.search(user_agent) and "Tablet PC" not in user_agent:
        return "tablet"
    if _PHONE.search(user_agent):
        return "phone"
    if _ANDROID.search(user_agent):
        # A browser says "Mobile" on phones and leaves it out on tablets; an app says neither.
        return "tablet" if user_agent.startswith("Mozilla/") else "phone"
    return None
