"""What the widget says before its chat and the words of that are there, by language."""

from typing import Self

from pitchbar.api.payloads import ResponseModel
from pitchbar.widget.languages import USUAL

_SAID = {
    "en": ("Open chat", "Can I help?", "Dismiss"),
    "de": ("Chat öffnen", "Kann ich helfen?", "Schließen"),
    "fr": ("Ouvrir le chat", "Puis-je vous aider ?", "Fermer"),
    "es": ("Abrir el chat", "¿Le puedo ayudar?", "Cerrar"),
    "ar": ("فتح الدردشة", "هل أستطيع المساعدة؟", "إغلاق"),
}


class LookWords(ResponseModel):
    """Of its button, and of what makes it speak first."""

    open: str
    greeting: str
    dismiss: str

    @classmethod
    def of(cls, language: str) -> Self:
        opens, greeting, dismiss = _SAID.get(language, _SAID[USUAL])
        return cls(open=opens, greeting=greeting, dismiss=dismiss)
