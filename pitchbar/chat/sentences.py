"""What the chat itself says to visitors, in the languages that it knows, else in English."""

from collections.abc import Sequence
from typing import Literal

Occasion = Literal["person", "nobody_there", "no_words", "beyond_plan", "search_down", "failed"]

_SENTENCES: dict[str, dict[Occasion, str]] = {
    "en": {
        "person": "Of course. You can ask for a person of the team right here.",
        "nobody_there": "Nobody of the team is here just now. Leave your e-mail address, and they "
        "will write to you.",
        "no_words": "I am at my best with words: what would you like to know?",
        "beyond_plan": "I cannot answer questions myself just now. Your message is kept, and the "
        "team will see it.",
        "search_down": "I cannot look anything up just now. Please try again in a moment.",
        "failed": "Something went wrong on our side. Please ask again.",
    },
    "de": {
        "person": "Gern. Sie können hier nach einem Menschen aus dem Team fragen.",
        "nobody_there": "Gerade ist niemand aus dem Team da. Hinterlassen Sie Ihre E-Mail-Adresse, "
        "dann meldet sich jemand.",
        "no_words": "Am besten verstehe ich Worte: Was möchten Sie wissen?",
        "beyond_plan": "Gerade kann ich Fragen nicht selbst beantworten. Ihre Nachricht ist "
        "gespeichert, und das Team sieht sie.",
        "search_down": "Ich kann gerade nichts nachschlagen. Bitte versuchen Sie es gleich noch "
        "einmal.",
        "failed": "Bei uns ist etwas schiefgegangen. Bitte fragen Sie noch einmal.",
    },
    "fr": {
        "person": "Bien sûr. Vous pouvez demander ici à parler à quelqu’un de l’équipe.",
        "nobody_there": "Personne de l’équipe n’est là pour le moment. Laissez votre adresse "
        "e-mail, on vous écrira.",
        "no_words": "Je comprends mieux les mots : que souhaitez-vous savoir ?",
        "beyond_plan": "Je ne peux pas répondre moi-même aux questions pour le moment. Votre "
        "message est conservé, et l’équipe le verra.",
        "search_down": "Je ne peux rien chercher pour le moment. Réessayez dans un instant.",
        "failed": "Une erreur est survenue chez nous. Veuillez poser la question à nouveau.",
    },
    "es": {
        "person": "Claro. Aquí mismo puede pedir hablar con alguien del equipo.",
        "nobody_there": "Ahora no hay nadie del equipo. Deje su correo electrónico y le "
        "escribirán.",
        "no_words": "Entiendo mejor las palabras: ¿qué desea saber?",
        "beyond_plan": "Ahora mismo no puedo responder preguntas por mí mismo. Su mensaje queda "
        "guardado y el equipo lo verá.",
        "search_down": "Ahora no puedo consultar nada. Inténtelo de nuevo en un momento.",
        "failed": "Algo ha fallado por nuestra parte. Pregunte otra vez, por favor.",
    },
    "it": {
        "person": "Certo. Può chiedere qui di parlare con una persona del team.",
        "nobody_there": "In questo momento non c’è nessuno del team. Lasci il suo indirizzo "
        "e-mail e le scriveranno.",
        "no_words": "Capisco meglio le parole: che cosa vorrebbe sapere?",
        "beyond_plan": "In questo momento non posso rispondere io alle domande. Il suo messaggio è "
        "conservato e il team lo vedrà.",
        "search_down": "In questo momento non posso cercare nulla. Riprovi tra poco.",
        "failed": "Qualcosa è andato storto da parte nostra. Chieda di nuovo, per favore.",
    },
    "nl": {
        "person": "Natuurlijk. U kunt hier naar iemand van het team vragen.",
        "nobody_there": "Er is nu niemand van het team. Laat uw e-mailadres achter, dan schrijven "
        "ze u.",
        "no_words": "Met woorden kan ik het best overweg: wat wilt u weten?",
        "beyond_plan": "Ik kan nu zelf geen vragen beantwoorden. Uw bericht is bewaard en het team "
        "ziet het.",
        "search_down": "Ik kan nu niets opzoeken. Probeer het zo nog eens.",
        "failed": "Er ging bij ons iets mis. Vraag het alstublieft nog eens.",
    },
    "pt": {
        "person": "Claro. Pode pedir aqui para falar com alguém da equipa.",
        "nobody_there": "Neste momento não há ninguém da equipa. Deixe o seu e-mail e "
        "escrever-lhe-ão.",
        "no_words": "Entendo melhor as palavras: o que gostaria de saber?",
        "beyond_plan": "Neste momento não posso responder eu às perguntas. A sua mensagem fica "
        "guardada e a equipa vai vê-la.",
        "search_down": "Neste momento não consigo consultar nada. Tente de novo daqui a pouco.",
        "failed": "Algo correu mal do nosso lado. Por favor, pergunte de novo.",
    },
    "ar": {
        "person": "بكل سرور. يمكنك أن تطلب هنا التحدث إلى أحد أعضاء الفريق.",
        "nobody_there": "لا أحد من الفريق موجود الآن. اترك بريدك الإلكتروني وسيكتبون إليك.",
        "no_words": "أفهم الكلمات أفضل من غيرها: ماذا تود أن تعرف؟",
        "beyond_plan": "لا أستطيع الإجابة عن الأسئلة بنفسي الآن. رسالتك محفوظة وسيراها الفريق.",
        "search_down": "لا أستطيع البحث عن شيء الآن. يُرجى المحاولة مرة أخرى بعد قليل.",
        "failed": "حدث خطأ ما من جهتنا. يُرجى طرح السؤال مرة أخرى.",
    },
}
LANGUAGES: Sequence[str] = tuple(_SENTENCES)


def say(occasion: Occasion, language: str) -> str:
    known = _SENTENCES.get(language.partition("-")[0].lower(), _SENTENCES["en"])
    return known[occasion]
