"""Italian."""

TEXTS = {
    "unknown.title": "Questo codice non porta da nessuna parte",
    "unknown.message": "Questo codice non esiste. Controlli l’indirizzo o chieda a chi glielo ha "
    "dato.",
    "archived.title": "Questo codice non è più in uso",
    "archived.message": "È stato disattivato. Il suo telefono funziona bene.",
    "not_started.title": "È un po’ in anticipo",
    "not_started.message": "Questo codice non porta ancora da nessuna parte. Lo scansioni di nuovo "
    "più tardi.",
    "not_started.when": "Questo codice apre il {date} alle {time} ({place}). A presto.",
    "ended.title": "È già finito",
    "ended.message": "Il periodo di questo codice è passato. Il suo telefono funziona bene.",
    "limit.title": "I posti sono esauriti",
    "limit.message": "Questo codice era pensato per un certo numero di scansioni, e sono state "
    "usate tutte.",
    "password.title": "La password, per favore",
    "password.message": "Questo codice chiede una password prima di proseguire.",
    "password.label": "Password di accesso",
    "password.button": "Continua",
    "password.wrong": "Non è la password giusta. La controlli e riprovi.",
    "tries.title": "Una breve pausa",
    "tries.message": "Da qui sono arrivate molte password sbagliate. Aspetti un minuto e riprovi.",
    "busy.title": "Troppe scansioni da qui",
    "busy.message": "Questa rete ha fatto moltissime richieste nell’ultimo minuto. Aspetti un poco "
    "e scansioni di nuovo.",
    "unavailable.title": "Un momento",
    "unavailable.message": "Ora non riusciamo a cercare questo codice. Lo scansioni di nuovo tra "
    "qualche secondo.",
    "method.title": "Qui non funziona",
    "method.message": "Un codice si apre come qualsiasi link.",
    "root.title": "Qui non c’è niente da vedere",
    "root.message": "Link brevi e codici stampati cominciano con questo indirizzo. Ne scansioni "
    "uno.",
    "again": "Riprova",
    "ask.in_use": "Chieda a {workspace} quello valido.",
    "ask.password": "La password gliela dà {workspace}.",
    "ask.more": "{workspace} può dirle di più.",
}
