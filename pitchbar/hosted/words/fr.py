WORDS = {
    "gone": "Personne ne répond ici pour le moment",
    "goneWhy": "Cette page est fermée, ou son adresse contient une erreur. Demandez la bonne "
    "adresse à qui vous l’a donnée.",
    "kept": "Ce que vous avez écrit",
    "empty": "Veuillez écrire quelques mots.",
    "busy": "Beaucoup de personnes posent une question en ce moment. Renvoyez-la dans un instant.",
    "expired": "Cette page est restée ouverte longtemps. Ce que vous avez écrit est toujours là "
    ": envoyez-le à nouveau.",
    "notOffered": "Cela n’est plus proposé.",
    "tooLongField": "C’est trop long. Veuillez raccourcir.",
    "tell": "Le dire à l’équipe",
    "jump": "Aller à la question",
    "people": "Plutôt parler à quelqu’un ?",
    "typing": "L’équipe écrit",
    "agreeFirst": "Veuillez d’abord accepter ci-dessus. Votre texte est toujours là.",
    "lookAgain": "Voir s’il y a une réponse",
}
