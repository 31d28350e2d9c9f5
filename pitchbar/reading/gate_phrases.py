"""What such pages call themselves, in English, German, French, Italian, Spanish, Portuguese and
Dutch; titles have to say just this, sentences are looked for in the text.
"""

import re


def _any_of(*forms: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{form})" for form in forms), re.IGNORECASE)


BOT_TITLES = _any_of(
    r"just a moment",
    r"attention required",
    r"(?:please wait|one moment,? please|einen moment bitte)",
    r"(?:checking|verifying) (?:your|the) browser.*",
    r"(?:are you (?:a )?(?:human|robot)|robot or human|human verification|bot verification)\??",
    r"(?:security|bot|browser|captcha) (?:check|challenge|verification)",
    r"(?:please )?(?:verify|confirm|prove) (?:that )?you(?:['’]re| are) (?:a )?(?:human|not a robot).*",
    r"making sure you['’]re not a bot",
    r"ddos[- ]guard|pardon our interruption|access to this page has been denied|captcha",
    r"sicherheitsüberprüfung|sind sie ein mensch\??|vérification de sécurité",
)
BOT_MARKS = (
    "/cdn-cgi/challenge-platform",
    "challenges.cloudflare.com",
    "cf-browser-verification",
    "cf-challenge",
    "_cf_chl_opt",
    "captcha-delivery.com",
    "perimeterx",
    "px-captcha",
    "_incapsula_resource",
    "awswaf.com",
    "awswafcookiedomainlist",
    "/.within.website/x/cmd/anubis",
    "ddos-guard",
    "geetest",
    "/_sec/cp_challenge",
    "kpsdk",
)
BOT_SENTENCES = _any_of(
    r"checking (?:if the site connection is secure|your browser before)",
    r"(?:verify|confirm|prove|check(?:ing)?) (?:that |if |whether )?you(?:['’]re| are) (?:a )?"
    r"(?:human|not a (?:ro)?bot)",
    r"enable javascript and cookies to continue",
    r"(?:unusual|automated|suspicious) (?:traffic|activity|requests) (?:from|on|coming)",
    r"press (?:&|and) hold to confirm",
    r"(?:complete|solve) the (?:captcha|security check|challenge)",
    r"incapsula incident id|you have been blocked|ray id: ?[0-9a-f]{8}",
    r"bestätigen sie,? dass sie (?:ein mensch|kein roboter) sind|ich bin kein roboter",
    r"je ne suis pas un robot|vous êtes un (?:humain|être humain)|non sono un robot",
    r"no soy un robot|ungewöhnlichen? (?:datenverkehr|aktivität)",
)

_PAGE = r"(?:the |this |that |die |diese |la |cette |questa |esta |deze )?(?:page|site|content|file|product|seite|inhalt|pagina|página|página web)"
_NOT_FOUND = (
    r"(?:can(?:no|['’])t be found|could ?n[o'’]t be found|(?:was |is |were )?not (?:be )?found"
    r"|does ?n[o'’]t exist|no longer (?:exists|available)|is (?:missing|gone|unavailable|not available)"
    r"|(?:wurde )?(?:leider )?nicht gefunden|existiert nicht(?: mehr)?|nicht (?:mehr )?verfügbar"
    r"|introuvable|non trouvée?|n['’]existe (?:pas|plus)|non trovata?|non esiste"
    r"|no (?:encontrada|existe)|não encontrada|niet gevonden|bestaat niet(?: meer)?)"
)
MISSING_TITLES = _any_of(
    rf"(?:error |fehler |erreur |errore |http |oops[,!]? |sorry[,!]? )*{_PAGE} {_NOT_FOUND}(?: \(?404\)?)?",
    rf"(?:error |fehler |erreur |errore |http )?\(?404\)?(?: error| fehler)?[\s:.,–-]*(?:(?:file |{_PAGE} )?{_NOT_FOUND})?",
    r"not found|nicht gefunden|nothing (?:was )?found(?: here)?|introuvable",
    r"(?:oops|sorry|hoppla|ups)[,!.]* ?(?:that|the|this) page can['’]t be found.*",
    r"page (?:missing|gone|unavailable)|410(?: gone)?|gone",
)
MISSING_SENTENCES = _any_of(
    r"(?:the |this |that )?(?:page|url|address|link|content|document|file|resource|article|product|item)s?"
    r"(?: (?:that |which )?(?:you|we)(?:['’]re| are| were|['’]ve| have)? [\w' ’]{3,40}?)?,? "
    r"(?:can(?:no|['’])t be found|could ?n[o'’]t be found|(?:was|is) not found|does ?n[o'’]t (?:seem to )?exist"
    r"|no longer exists?|(?:may|might) have (?:been )?(?:moved|removed|deleted)|has been (?:moved or )?(?:removed|deleted))",
    r"we (?:can(?:no|['’])t|could ?n[o'’]t|were unable to) (?:seem to )?find (?:the|that|this|what)"
    r"[\w ’']{0,20}(?:page|url|address|looking for)",
    r"nothing (?:was |could be )?found (?:here|at this (?:location|address))",
    r"(?:404|error) ?[-–:]? ?(?:page )?not found",
    r"seite (?:konnte|wurde|existiert|ist)(?: leider)? (?:nicht|nicht mehr)",
    r"(?:die|diese) (?:gewünschte|angeforderte|aufgerufene|gesuchte)n? (?:seite|adresse)",
    r"page (?:que vous (?:cherchez|recherchez|demandez)|demandée|n['’]existe)",
    r"pagina (?:che (?:stai|hai) cerca\w+|richiesta|non (?:è stata trovata|esiste))",
    r"página que (?:busca|buscas|está buscando|você procura)|página no (?:existe|encontrada)",
    r"pagina (?:die je zoekt|bestaat niet|is niet gevonden)",
)

LOGIN_TITLES = _any_of(
    r"(?:please )?(?:log|sign) ?-?in(?: to .{1,60}| required| or (?:register|sign up))?",
    r"(?:member|customer|account|user|client|admin)s? ?(?:log|sign)[ -]?in",
    r"(?:bitte )?(?:anmelden|anmeldung|einloggen)|(?:kunden|mitglieder|benutzer)?-?login",
    r"(?:se )?connexion|connectez-vous|identifiez-vous|accedi|accesso|iniciar sesión|entrar|inloggen",
    r"authentication required|session expired|restricted access",
)
LOGIN_SENTENCES = _any_of(
    r"(?:log|sign) ?in (?:or (?:sign up|register|create an account) )?to (?:continue|view|see|read|access|your account|proceed)",
    r"(?:you )?(?:must|need to|have to|please) (?:be (?:logged|signed) ?in|(?:log|sign) ?in)",
    r"(?:only|reserved|restricted|available) (?:for|to) (?:members|registered (?:users|members)|logged[- ]in)",
    r"(?:bitte )?(?:melden|loggen) sie sich (?:bitte )?(?:an|ein)|sie müssen (?:sich )?(?:angemeldet|eingeloggt|anmelden)",
    r"(?:veuillez )?(?:vous connecter|connectez-vous|vous identifier) (?:pour|afin)",
    r"(?:devi|è necessario) (?:effettuare (?:il login|l['’]accesso)|accedere)|inicia(?:r)? sesión para",
    r"log in om|je moet ingelogd zijn|faça login para",
)

COOKIE_TITLES = _any_of(
    r"(?:we value your privacy|before you continue(?: to .{1,40})?|cookie (?:consent|wall|settings|notice))",
    r"(?:datenschutz|cookie)-?einstellungen|bevor sie fortfahren|ihre privatsphäre.*",
)
COOKIE_SENTENCES = _any_of(
    r"(?:accept|enable|allow|consent to|agree to)(?: (?:all|our|the|use of|to the use of))* cookies (?:to|before|in order) "
    r"(?:continue|view|see|read|access|use|proceed|you)",
    r"(?:cookies|consent) (?:are|is|must be) (?:required|accepted|enabled|needed) (?:to|before|in order)",
    r"(?:akzeptieren|aktivieren|erlauben) sie (?:bitte )?(?:alle |die |unsere )?cookies,? um",
    r"(?:mit werbung|with ads?)[\w ,]{0,40}(?:weiterlesen|lesen|continue)",
    r"(?:acceptez|accepter) (?:les |nos |tous les )?cookies (?:pour|afin)|accetta (?:i |tutti i )?cookie per",
    r"acept(?:a|e|ar) (?:las |todas las )?cookies para|accepteer (?:de |alle )?cookies om",
)
PAYWALL_SENTENCES = _any_of(
    r"(?:subscribe|become a (?:subscriber|member)|start your (?:free )?(?:trial|subscription)) (?:now )?"
    r"(?:to|and) (?:continue reading|keep reading|read (?:the (?:full|rest)|on|this|more)|unlock)",
    r"(?:this|the) (?:article|content|story|post) is (?:only )?(?:for|available to|reserved for|exclusive to) (?:paying |paid )?(?:subscribers|members)",
    r"(?:you['’]ve|you have) (?:reached|read|used) (?:your|all your|the) [\w ]{0,30}free articles?",
    r"(?:jetzt )?(?:weiterlesen mit|abonnieren,? um weiter)|(?:dieser|der) artikel ist (?:nur )?für abonnent",
    r"(?:article|contenu) (?:est )?réservé aux abonnés|abonnez-vous pour lire|contenuto riservato agli abbonati",
    r"(?:contenido|artículo) (?:exclusivo|solo) para suscriptores",
)
ERROR_TITLES = _any_of(
    r"(?:error |http )?50[0234](?: error)?(?:[\s:–-]*(?:internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out))?",
    r"internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out",
    r"(?:site |website |scheduled |under |down for )*maintenance(?: mode)?|wartungsarbeiten|wartungsmodus|en maintenance",
    r"database (?:error|connection error)|(?:application|server|unexpected|fatal) error|something went wrong",
    r"(?:403 )?forbidden|access denied|429 too many requests|too many requests",
)
ERROR_SENTENCES = _any_of(
    r"error establishing a database connection",
    r"(?:fatal error|uncaught \w*(?:error|exception)|parse error|traceback \(most recent call last\)): ?",
    r"there has been a critical error on this website",
    r"(?:temporarily|currently) (?:unavailable|down|offline)(?: due to| for)? (?:maintenance|overload)",
    r"(?:site|website|seite|webseite) (?:is|wird|ist) (?:currently |gerade |derzeit )?(?:under(?:going)? (?:scheduled )?maintenance|gewartet)",
    r"briefly unavailable for scheduled maintenance|the server encountered an internal error",
)
PARKED_SENTENCES = _any_of(
    r"(?:this |the )?domain(?: name)? (?:[\w.-]{3,80} )?(?:is|may be|might be) (?:for sale|parked|available for purchase)",
    r"(?:buy|purchase) this domain|domain (?:steht zum verkauf|zu verkaufen|ist geparkt)|ce domaine est à vendre",
    r"this domain (?:has recently been|was) registered|interested in this domain\?",
)
SCRIPT_SENTENCES = _any_of(
    r"(?:enable|activate|turn on|requires?|need(?:s)?|without) java ?script",
    r"java ?script (?:is (?:required|disabled|not enabled|needed)|must be enabled|to run this app|enabled)",
    r"java ?script (?:zu )?(?:aktivieren|deaktiviert|ist (?:erforderlich|deaktiviert)|benötigt|einschalten)",
    r"aktivieren sie (?:bitte )?java ?script|activ(?:er|ez) java ?script|abilita(?:re)? java ?script",
    r"(?:habilit|activ)(?:a|e|ar) java ?script|schakel java ?script in",
)
