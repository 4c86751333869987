"""What the page about opting in says, in three languages. Customers are addressed formally."""

from typing import Final

from inbox.chat.words import LANGUAGES
from inbox.preferences.words import Words

# One row a sentence: English, Portuguese, Spanish.
_ROWS: Final[dict[str, tuple[str, str, str]]] = {
    "title": ("Hear from us", "Receber as nossas mensagens", "Recibir nuestros mensajes"),
    "lead": (
        "We write first only to those who asked for it. Choose the way that suits you; you can stop at any "
        "time, in one word.",
        "Só escrevemos primeiro a quem o pediu. Escolha a forma que preferir; pode parar quando quiser, com "
        "uma palavra.",
        "Solo escribimos primero a quien lo pidió. Elija la forma que prefiera; puede parar cuando quiera, "
        "con una palabra.",
    ),
    "text": ("By text message", "Por SMS", "Por SMS"),
    "text_how": (
        "Text {word} to {number}, from the phone on which you want our messages.",
        "Envie {word} para {number}, do telemóvel onde quer receber as mensagens.",
        "Envíe {word} al {number}, desde el teléfono en el que quiere recibirlos.",
    ),
    "text_to_us": (
        "Text {word} in answer to any text of ours, from the phone on which you want our messages.",
        "Responda {word} a qualquer SMS nosso, do telemóvel onde quer receber as mensagens.",
        "Responda {word} a cualquier SMS nuestro, desde el teléfono en el que quiere recibirlos.",
    ),
    "text_stop": (
        "We answer at once and say what you will get. {stop} ends it.",
        "Respondemos logo e dizemos o que vai receber. {stop} termina tudo.",
        "Respondemos enseguida y decimos qué recibirá. {stop} lo termina.",
    ),
    "write": ("Write {word}", "Escrever {word}", "Escribir {word}"),
    "chat": ("In the chat", "No chat", "En el chat"),
    "chat_how": (
        "Write to us there. Below your words stands the way to your own page, where you tick what you want.",
        "Escreva-nos. Por baixo da sua mensagem está o caminho para a sua página, onde assinala o que quer.",
        "Escríbanos allí. Debajo de su mensaje está el camino a su página, donde marca lo que quiere.",
    ),
    "person": ("With a person", "Com uma pessoa", "Con una persona"),
    "person_how": (
        "Tell whoever attends to you, by phone or in the shop. They write down what you allowed, when and in "
        "which words, and you can see it on your page.",
        "Diga-o a quem o atende, por telefone ou na loja. Fica escrito o que autorizou, quando e por que "
        "palavras, e pode vê-lo na sua página.",
        "Dígaselo a quien le atiende, por teléfono o en la tienda. Queda escrito qué permitió, cuándo y con "
        "qué palabras, y puede verlo en su página.",
    ),
    "what": ("What we send", "O que enviamos", "Qué enviamos"),
    "why": (
        "There is no box here for a number: one that somebody else typed would be no permission.",
        "Não há aqui onde escrever um número: o que outra pessoa escrevesse não seria autorização.",
        "Aquí no se escribe ningún número: el que tecleara otra persona no sería un permiso.",
    ),
}
WORDS: Final = {"en": ("JOIN", "STOP"), "pt": ("ADERIR", "PARAR"), "es": ("UNIRME", "BAJA")}
"""What to text to begin and to end."""


def words(language: str) -> Words:
    """Return every sentence in *language*, one of `LANGUAGES`."""
    at = LANGUAGES.index(language)
    return {name: row[at] for name, row in _ROWS.items()}
