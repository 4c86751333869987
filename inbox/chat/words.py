"""What the chat says to customers, in their language; the business's own sentences are settings."""

from collections.abc import Iterable

LANGUAGES = ("en", "pt", "es")
Words = dict[str, str]

# One row a sentence: English, Portuguese, Spanish. Customers are addressed formally.
_ROWS: dict[str, tuple[str, str, str]] = {
    "title": ("{business}: chat", "{business}: conversa", "{business}: conversación"),
    "skip": ("Go to the message box", "Ir para a caixa de mensagem", "Ir a escribir"),
    "ask": ("Ask whatever you like", "Pergunte o que quiser", "Pregunte lo que quiera"),
    "lead": (
        "A person at {business} reads every message.",
        "Uma pessoa da {business} lê cada mensagem.",
        "Una persona de {business} lee cada mensaje.",
    ),
    "ways": (
        "You can also write to us by",
        "Também pode escrever-nos por",
        "También puede escribirnos por",
    ),
    "foot": (
        "We use this conversation to answer you, nothing else.",
        "Usamos esta conversa só para responder.",
        "Solo usamos esta conversación para atenderle.",
    ),
    "language": ("Language", "Idioma", "Idioma"),
    "answers": ("A person answers here", "Aqui responde uma pessoa", "Aquí contesta una persona"),
    "agent": ("{who}, {business}", "{who}, {business}", "{who}, de {business}"),
    "messages": ("Messages", "Mensagens", "Mensajes"),
    "you": ("You", "A sua mensagem", "Usted"),
    "assistant": ("Automatic assistant", "Assistente automático", "Asistente automático"),
    "attach": ("Add a photo or a file", "Juntar uma foto ou um ficheiro", "Añadir una foto o un archivo"),
    "yours": ("Your message", "A sua mensagem", "Su mensaje"),
    "here": ("Write here", "Escreva aqui", "Escriba aquí"),
    "send": ("Send", "Enviar", "Enviar"),
    "small": (
        "You can close this page: the conversation stays here.",
        "Pode fechar esta página: a conversa fica aqui.",
        "Puede cerrar esta página: la conversación se queda aquí.",
    ),
    "own": ("What you get from us", "O que recebe de nós", "Lo que recibe de nosotros"),
    "empty": (
        "Nothing has been said yet. Write the first message below.",
        "Ainda nada foi dito. Escreva a primeira mensagem em baixo.",
        "Aún no hay mensajes. Escriba abajo el primero.",
    ),
    "sending": ("Sending", "A enviar", "Enviando"),
    "waiting": ("Waiting for the connection", "À espera da ligação", "Esperando la conexión"),
    "sent": ("Sent", "Enviada", "Enviado"),
    "read": ("Read", "Lida", "Leído"),
    "refused": ("Not sent. Try again", "Não enviada. Tentar de novo", "No enviado. Volver a intentarlo"),
    "offline": (
        "No connection since {time}.",
        "Sem ligação desde as {time}.",
        "Sin conexión desde las {time}.",
    ),
    "later": (
        "Go on writing; messages leave when it is back.",
        "Pode escrever; as mensagens seguem quando voltar.",
        "Puede escribir; los mensajes saldrán cuando vuelva.",
    ),
    "back": ("Back, up to date.", "Ligação de volta, tudo em dia.", "Conexión recuperada, todo al día."),
    "one_new": ("1 new message", "1 mensagem nova", "1 mensaje nuevo"),
    "new": ("{n} new messages", "{n} mensagens novas", "{n} mensajes nuevos"),
    "typing": ("{who} is writing", "{who} está a escrever", "{who} está escribiendo"),
    "today": ("Today", "Hoje", "Hoy"),
    "yesterday": ("Yesterday", "Ontem", "Ayer"),
    "edited": ("edited {time}", "editada às {time}", "editado a las {time}"),
    "withdrawn": (
        "This message was taken back at {time}",
        "Esta mensagem foi retirada às {time}",
        "Este mensaje se retiró a las {time}",
    ),
    "earlier": ("Show earlier messages", "Mostrar mensagens anteriores", "Mostrar mensajes anteriores"),
    "chosen": ("Files to send", "Ficheiros para enviar", "Archivos para enviar"),
    "remove": ("Remove {name}", "Retirar {name}", "Quitar {name}"),
    "uploading": ("uploading", "a carregar", "cargando"),
    "too_large": (
        "{name} has {size}; a file may have {cap} at most.",
        "{name} tem {size}; um ficheiro pode ter no máximo {cap}.",
        "{name} tiene {size}; un archivo puede tener como máximo {cap}.",
    ),
    "bad_kind": (
        "{name} cannot be sent here. Photos, PDF, sound, video, text and office files can.",
        "{name} não se pode enviar aqui. Fotos, PDF, som, vídeo, texto e documentos, sim.",
        "{name} no se puede enviar aquí. Fotos, PDF, sonido, vídeo, texto y documentos, sí.",
    ),
    "not_up": (
        "{name} did not get through. Add it again when the connection is back.",
        "{name} não chegou. Junte-o de novo quando a ligação voltar.",
        "{name} no ha llegado. Añádalo de nuevo cuando vuelva la conexión.",
    ),
    "too_many": (
        "A message takes 10 files at most.",
        "Uma mensagem leva no máximo 10 ficheiros.",
        "Un mensaje lleva como máximo 10 archivos.",
    ),
    "too_long": (
        "{n} characters; a message takes {cap} at most. Send it in two.",
        "{n} caracteres; uma mensagem leva no máximo {cap}. Envie em duas.",
        "{n} caracteres; un mensaje lleva como máximo {cap}. Envíelo en dos.",
    ),
    "too_fast": (
        "Many requests came at once. Try again in a minute.",
        "Chegaram muitos pedidos de uma vez. Tente de novo dentro de um minuto.",
        "Han llegado muchas peticiones a la vez. Vuelva a intentarlo en un minuto.",
    ),
    "file_wait": ("being checked", "a ser verificado", "en comprobación"),
    "file_gone": ("not taken", "não aceite", "no aceptado"),
    "nothing": (
        "The message was empty: write something or add a file.",
        "A mensagem estava vazia: escreva algo ou junte um ficheiro.",
        "El mensaje estaba vacío: escriba algo o añada un archivo.",
    ),
    "again": ("Show new messages", "Mostrar mensagens novas", "Mostrar mensajes nuevos"),
    "stale": (
        "This form had grown old. What you wrote is still here: send it again.",
        "Este formulário já era antigo. O que escreveu está aqui: envie de novo.",
        "Este formulario era antiguo. Lo que escribió sigue aquí: envíelo de nuevo.",
    ),
    "busy": (
        "The message was not kept. What you wrote is still here: send it again.",
        "A mensagem não foi guardada. O que escreveu está aqui: envie de novo.",
        "El mensaje no se guardó. Lo que escribió sigue aquí: envíelo de nuevo.",
    ),
    "close": ("Close the chat", "Fechar a conversa", "Cerrar la conversación"),
}


def words(language: str) -> Words:
    """Return every sentence in *language*, one of LANGUAGES."""
    at = LANGUAGES.index(language)
    return {name: row[at] for name, row in _ROWS.items()}


def spoken(wishes: Iterable[str], otherwise: str) -> str:
    """Choose the first of *wishes* (tags, best first) that we speak, else *otherwise*, else English."""
    for wish in (*wishes, otherwise):
        base = wish.strip().lower().partition("-")[0]
        if base in LANGUAGES:
            return base
    return "en"


def accepted(header: str) -> list[str]:
    """List the tags of an Accept-Language header, best first (RFC 9110, 12.5.4)."""
    weighed: list[tuple[float, int, str]] = []
    for at, part in enumerate(header.split(",")[:20]):
        tag, _, parameter = part.partition(";")
        weight = parameter.strip().removeprefix("q=") or "1"
        try:
            weighed.append((-float(weight), at, tag.strip()))
        except ValueError:
            continue
    return [tag for weight, _, tag in sorted(weighed) if tag and weight < 0]
