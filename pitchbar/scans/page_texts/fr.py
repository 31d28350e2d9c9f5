"""French."""

TEXTS = {
    "unknown.title": "Ce code ne mène nulle part",
    "unknown.message": "Ce code n’existe pas. Vérifiez l’adresse, ou demandez à qui vous l’a "
    "donné.",
    "archived.title": "Ce code n’est plus utilisé",
    "archived.message": "Il a été désactivé. Votre téléphone n’y est pour rien.",
    "not_started.title": "Vous êtes un peu en avance",
    "not_started.message": "Ce code ne mène encore nulle part. Scannez-le de nouveau plus tard.",
    "not_started.when": "Ce code ouvre le {date} à {time} ({place}). À bientôt.",
    "ended.title": "C’est terminé",
    "ended.message": "La période de ce code est passée. Votre téléphone n’y est pour rien.",
    "limit.title": "Toutes les places sont prises",
    "limit.message": "Ce code était prévu pour un certain nombre de scans, et tous ont été "
    "utilisés.",
    "password.title": "Le mot de passe, s’il vous plaît",
    "password.message": "Ce code demande un mot de passe avant de vous mener plus loin.",
    "password.label": "Mot de passe",
    "password.button": "Continuer",
    "password.wrong": "Ce n’est pas le bon mot de passe. Vérifiez-le et réessayez.",
    "tries.title": "Une petite pause",
    "tries.message": "Beaucoup de mots de passe erronés sont venus d’ici. Attendez une minute, "
    "puis réessayez.",
    "busy.title": "Trop de scans d’ici",
    "busy.message": "Ce réseau a fait de très nombreuses demandes depuis une minute. Attendez un "
    "peu et scannez de nouveau.",
    "unavailable.title": "Un instant",
    "unavailable.message": "Nous ne pouvons pas retrouver ce code pour le moment. Scannez-le de "
    "nouveau dans quelques secondes.",
    "method.title": "Cela ne marche pas ici",
    "method.message": "Un code s’ouvre comme n’importe quel lien.",
    "root.title": "Il n’y a rien à voir ici",
    "root.message": "Des liens courts et des codes imprimés commencent par cette adresse. Scannez "
    "l’un d’eux.",
    "again": "Réessayer",
    "ask.in_use": "Demandez à {workspace} celui qui est valable.",
    "ask.password": "{workspace} vous donne le mot de passe.",
    "ask.more": "{workspace} peut vous en dire plus.",
}
