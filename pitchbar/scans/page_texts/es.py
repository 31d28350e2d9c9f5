"""Spanish."""

TEXTS = {
    "unknown.title": "Este código no lleva a ninguna parte",
    "unknown.message": "Este código no existe. Revise la dirección o pregunte a quien se lo dio.",
    "archived.title": "Este código ya no se usa",
    "archived.message": "Lo han desactivado. A su teléfono no le pasa nada.",
    "not_started.title": "Llega un poco pronto",
    "not_started.message": "Este código todavía no lleva a ninguna parte. Escanéelo más tarde.",
    "not_started.when": "Este código se abre el {date} a las {time} ({place}). Hasta entonces.",
    "ended.title": "Esto ya terminó",
    "ended.message": "El plazo de este código ha pasado. A su teléfono no le pasa nada.",
    "limit.title": "No quedan plazas",
    "limit.message": "Este código se hizo para un número determinado de escaneos y ya se han usado "
    "todos.",
    "password.title": "La contraseña, por favor",
    "password.message": "Este código pide una contraseña antes de seguir.",
    "password.label": "Contraseña",
    "password.button": "Continuar",
    "password.wrong": "Esa no es la contraseña. Revísela e inténtelo de nuevo.",
    "tries.title": "Una pequeña pausa",
    "tries.message": "Desde aquí han llegado muchas contraseñas erróneas. Espere un minuto e "
    "inténtelo de nuevo.",
    "busy.title": "Demasiados escaneos desde aquí",
    "busy.message": "Esta red ha preguntado muchas veces en el último minuto. Espere un poco y "
    "escanee de nuevo.",
    "unavailable.title": "Un momento",
    "unavailable.message": "Ahora mismo no podemos buscar este código. Escanéelo de nuevo en unos "
    "segundos.",
    "method.title": "Eso no funciona aquí",
    "method.message": "Un código se abre como cualquier enlace.",
    "root.title": "Aquí no hay nada que ver",
    "root.message": "Con esta dirección empiezan enlaces cortos y códigos impresos. Escanee uno de "
    "ellos.",
    "again": "Intentar de nuevo",
    "ask.in_use": "Pregunte en {workspace} por el que está en uso.",
    "ask.password": "La contraseña se la dan en {workspace}.",
    "ask.more": "En {workspace} pueden contarle más.",
}
