"""German."""

TEXTS = {
    "unknown.title": "Dieser Code führt nirgendwohin",
    "unknown.message": "Diesen Code gibt es nicht. Prüfen Sie die Adresse, oder fragen Sie dort "
    "nach, wo Sie ihn bekommen haben.",
    "archived.title": "Dieser Code ist nicht mehr in Gebrauch",
    "archived.message": "Er wurde abgeschaltet. Mit Ihrem Handy ist alles in Ordnung.",
    "not_started.title": "Sie sind etwas zu früh",
    "not_started.message": "Dieser Code führt noch nirgendwohin. Scannen Sie ihn später noch "
    "einmal.",
    "not_started.when": "Dieser Code öffnet am {date} um {time} ({place}). Bis dann.",
    "ended.title": "Das ist schon vorbei",
    "ended.message": "Die Zeit dieses Codes ist abgelaufen. Mit Ihrem Handy ist alles in Ordnung.",
    "limit.title": "Alle Plätze sind vergeben",
    "limit.message": "Dieser Code war für eine bestimmte Zahl von Scans gedacht, und alle sind "
    "aufgebraucht.",
    "password.title": "Das Passwort, bitte",
    "password.message": "Dieser Code fragt nach einem Passwort, bevor er weiterführt.",
    "password.label": "Passwort",
    "password.button": "Weiter",
    "password.wrong": "Das ist nicht das Passwort. Prüfen Sie es und versuchen Sie es noch einmal.",
    "tries.title": "Eine kurze Pause",
    "tries.message": "Von hier kamen viele falsche Passwörter. Warten Sie eine Minute und "
    "versuchen Sie es dann noch einmal.",
    "busy.title": "Zu viele Scans von hier",
    "busy.message": "Aus diesem Netz kamen in der letzten Minute sehr viele Anfragen. Warten Sie "
    "ein wenig und scannen Sie noch einmal.",
    "unavailable.title": "Einen Moment bitte",
    "unavailable.message": "Wir können diesen Code gerade nicht nachschlagen. Scannen Sie ihn in "
    "ein paar Sekunden noch einmal.",
    "method.title": "Das geht hier nicht",
    "method.message": "Ein Code wird wie jeder Link geöffnet.",
    "root.title": "Hier gibt es nichts zu sehen",
    "root.message": "Mit dieser Adresse beginnen Kurzlinks und gedruckte Codes. Scannen Sie einen "
    "davon.",
    "again": "Noch einmal versuchen",
    "ask.in_use": "Fragen Sie bei {workspace} nach dem, der jetzt gilt.",
    "ask.password": "Das Passwort bekommen Sie bei {workspace}.",
    "ask.more": "Mehr erfahren Sie bei {workspace}.",
}
