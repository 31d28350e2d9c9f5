WORDS = {
    "gone": "Hier antwortet gerade niemand",
    "goneWhy": "Diese Seite ist geschlossen, oder in ihrer Adresse steckt ein Fehler. Fragen "
    "Sie nach der richtigen, wo Sie sie bekommen haben.",
    "kept": "Was Sie geschrieben haben",
    "empty": "Bitte schreiben Sie ein paar Worte.",
    "busy": "Gerade fragen sehr viele. Bitte senden Sie es gleich noch einmal.",
    "expired": "Diese Seite stand lange offen. Was Sie geschrieben haben, steht noch da: Senden "
    "Sie es noch einmal.",
    "notOffered": "Das wird nicht mehr angeboten.",
    "tooLongField": "Das ist zu lang. Bitte kürzen Sie es.",
    "tell": "Dem Team sagen",
    "jump": "Zur Frage",
    "people": "Lieber mit einem Menschen sprechen?",
    "typing": "Das Team schreibt",
    "agreeFirst": "Stimmen Sie bitte zuerst oben zu. Was Sie geschrieben haben, ist noch hier.",
    "lookAgain": "Nach einer Antwort sehen",
}
