"""Portuguese."""

TEXTS = {
    "unknown.title": "Este código não leva a lado nenhum",
    "unknown.message": "Este código não existe. Verifique o endereço ou pergunte a quem lho deu.",
    "archived.title": "Este código já não está em uso",
    "archived.message": "Foi desativado. O seu telefone está bem.",
    "not_started.title": "Chegou um pouco cedo",
    "not_started.message": "Este código ainda não leva a lado nenhum. Leia-o de novo mais tarde.",
    "not_started.when": "Este código abre em {date} às {time} ({place}). Até lá.",
    "ended.title": "Este já terminou",
    "ended.message": "O prazo deste código passou. O seu telefone está bem.",
    "limit.title": "Os lugares estão esgotados",
    "limit.message": "Este código foi feito para um certo número de leituras, e todas já foram "
    "usadas.",
    "password.title": "A palavra-passe, por favor",
    "password.message": "Este código pede uma palavra-passe antes de continuar.",
    "password.label": "Palavra-passe",
    "password.button": "Avançar",
    "password.wrong": "Essa não é a palavra-passe. Verifique-a e tente de novo.",
    "tries.title": "Uma pequena pausa",
    "tries.message": "Vieram daqui muitas palavras-passe erradas. Espere um minuto e tente de "
    "novo.",
    "busy.title": "Demasiadas leituras daqui",
    "busy.message": "Esta rede fez muitos pedidos no último minuto. Espere um pouco e leia de "
    "novo.",
    "unavailable.title": "Só um momento",
    "unavailable.message": "Neste momento não conseguimos procurar este código. Leia-o de novo "
    "dentro de segundos.",
    "method.title": "Isso não funciona aqui",
    "method.message": "Um código abre-se como qualquer ligação.",
    "root.title": "Não há nada para ver aqui",
    "root.message": "Ligações curtas e códigos impressos começam com este endereço. Leia um deles.",
    "again": "Tentar de novo",
    "ask.in_use": "Pergunte em {workspace} pelo que está em uso.",
    "ask.password": "A palavra-passe é dada por {workspace}.",
    "ask.more": "{workspace} pode dizer-lhe mais.",
}
