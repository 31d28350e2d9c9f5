"""Words that ask, and say little of what is asked about: "which *specific measures* does the *text
mention*", "what *type* of …", "which formats are *supported*". A passage that answers need not have
them.
"""

import re

_WORDS = {
    "en": """
        mention mentions mentioned describe describes described state states stated says said
        according discuss discusses discussed explain explains explained express expresses
        expressed emphasize emphasizes emphasized illustrate illustrates illustrated outline
        outlines outlined indicate indicates indicated suggest suggests suggested highlight
        highlights highlighted regarding concerning related relation considered known called
        specific specifically particular particularly key main major primary significant certain
        various different typically generally usually commonly overall approximately exactly
        example examples aspect aspects type types kind kinds sort sorts reason reasons purpose
        role impact impacts effect effects outcome outcomes finding findings detail details
        information text passage context statement propose proposes proposed claim claims claimed
        announce announces announced urge urges urged measure measures action actions step steps
        effort efforts characteristic characteristics practical
        supported available allowed possible recommended needed required used offered provided
        included accepted
    """,
    "de": """
        erwähnt erwähnen beschreibt beschreiben beschrieben nennt nennen genannt erklärt erklären
        sagt laut gemäß bestimmt bestimmte bestimmten wichtig wichtige wichtigsten beispiel
        beispiele information informationen art arten weise grund gründe zweck rolle ergebnis
        ergebnisse text abschnitt viele viel lange ungefähr genau heißt gibt unterstützt verfügbar
        erlaubt möglich empfohlen nötig erforderlich benötigt benutzt verwendet angeboten enthalten
    """,
    "es": """
        menciona mencionan describe describen explica según llama llaman específico específica
        específicos específicas principal principales importante importantes ejemplo ejemplos
        información tipo tipos clase manera forma razón razones propósito papel resultado
        resultados texto aproximadamente exactamente disponible disponibles posible posibles
        permitido permitida permitidos permitidas recomendado recomendada recomendados recomendadas
        necesario necesaria necesarios necesarias incluido incluida incluidos incluidas
    """,
    "fr": """
        mentionne mentionnent décrit décrivent explique selon appelle appellent précis précise
        principal principale principaux important importante exemple exemples information
        informations type types genre manière raison raisons but rôle résultat résultats texte
        environ exactement disponible disponibles possible possibles permis permise recommandé
        recommandée recommandés recommandées nécessaire nécessaires inclus incluse
    """,
}
_ASKING = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_WORD = re.compile(r"[\w-]+")


def asks(word: str, language: str) -> bool:
    """Whether the word is one, in the language of the question."""
    found = _WORD.search(word.lower())
    return found is not None and found[0] in _ASKING.get(language[:2], frozenset())
