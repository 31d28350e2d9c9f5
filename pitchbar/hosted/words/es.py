WORDS = {
    "gone": "Aquí no responde nadie por ahora",
    "goneWhy": "Esta página está cerrada, o su dirección tiene un error. Pida la correcta a "
    "quien se la dio.",
    "kept": "Lo que escribió",
    "empty": "Escriba unas palabras, por favor.",
    "busy": "En este momento pregunta mucha gente. Envíelo otra vez en un momento.",
    "expired": "Esta página estuvo abierta mucho tiempo. Lo que escribió sigue aquí: envíelo "
    "otra vez.",
    "notOffered": "Eso ya no se ofrece.",
    "tooLongField": "Es demasiado largo. Acórtelo, por favor.",
    "tell": "Decírselo al equipo",
    "jump": "Ir a la pregunta",
    "people": "¿Prefiere hablar con una persona?",
    "typing": "El equipo está escribiendo",
    "agreeFirst": "Acepte primero lo de arriba. Lo que escribió sigue aquí.",
    "lookAgain": "Ver si hay respuesta",
}
