"""What the customer's page says, in their language. Customers are addressed formally."""

from typing import Final

from aiohttp import web

from inbox.chat.words import LANGUAGES, accepted, spoken

Words = dict[str, str]
LOCALES: Final = {"en": "en_GB", "pt": "pt_PT", "es": "es_ES"}

# One row a sentence: English, Portuguese, Spanish.
_ROWS: Final[dict[str, tuple[str, str, str]]] = {
    "title": ("What you get from us", "O que recebe de nós", "Lo que recibe de nosotros"),
    "heading": ("What you get from us, {name}", "O que recebe de nós, {name}", "Lo que recibe, {name}"),
    "skip": ("Go to your choices", "Ir para as escolhas", "Ir a sus opciones"),
    "language": ("Language", "Idioma", "Idioma"),
    "lead": (
        "Choose what, and where. It holds from the moment you save. This link is yours alone, needs no "
        "password, and works until {until}.",
        "Escolha o quê e por onde. Vale a partir do momento em que guarda. Esta ligação é só sua, sem "
        "palavra-passe, e funciona até {until}.",
        "Elija qué y por dónde. Vale desde que lo guarda. Este enlace es solo suyo, sin contraseña, y "
        "funciona hasta el {until}.",
    ),
    "messages": ("Messages", "Mensagens", "Mensajes"),
    "subject": ("Subject", "Assunto", "Asunto"),
    "box": (
        "{subject} by {channel} {where}",
        "{subject} por {channel} {where}",
        "{subject} por {channel} {where}",
    ),
    "always": ("always", "sempre", "siempre"),
    "off": ("not connected", "não ligado", "sin conectar"),
    "stopped": ("stopped", "parado", "parado"),
    "stopped_hint": (
        "You said stop by {channel} {where} on {day}. To allow messages there again, write START to us "
        "there.",
        "Pediu para parar por {channel} {where} a {day}. Para voltar a permitir mensagens, escreva-nos "
        "START por aí.",
        "Pidió parar por {channel} {where} el {day}. Para volver a permitir mensajes, escríbanos START "
        "por ahí.",
    ),
    "nowhere": (
        "We have no address of yours to write to.",
        "Não temos nenhum endereço seu para lhe escrever.",
        "No tenemos ninguna dirección suya a la que escribir.",
    ),
    "when": ("When and where", "Quando e por onde", "Cuándo y por dónde"),
    "preferred": ("Preferred channel", "Canal preferido", "Canal preferido"),
    "last_used": ("Where I wrote last", "Onde escrevi por último", "Donde escribí por última vez"),
    "quiet": ("Do not write between", "Não escrever entre", "No escribir entre"),
    "quiet_from": ("From", "Das", "Desde las"),
    "quiet_until": ("Until", "Até às", "Hasta las"),
    "quiet_hint": (
        "On your clock ({zone}). Leave both empty for no such hours.",
        "No seu relógio ({zone}). Deixe ambos vazios se não quiser horas assim.",
        "En su reloj ({zone}). Deje ambos vacíos si no quiere esas horas.",
    ),
    "birthday": ("Birthday", "Aniversário", "Cumpleaños"),
    "day": ("Day", "Dia", "Día"),
    "month": ("Month", "Mês", "Mes"),
    "year": ("Year, if you like", "Ano, se quiser", "Año, si quiere"),
    "birthday_hint": (
        "Day and month are enough. Empty them and we keep none.",
        "Dia e mês chegam. Apague para não o guardarmos.",
        "Bastan día y mes. Bórrelos y no lo guardamos.",
    ),
    "save": ("Save", "Guardar", "Guardar"),
    "saved": ("Saved at {clock}", "Guardado às {clock}", "Guardado a las {clock}"),
    "stopped_all": (
        "Stopped at {clock}. We write only to answer you or about an order on its way.",
        "Parado às {clock}. Só lhe escrevemos para responder ou sobre uma encomenda a caminho.",
        "Parado a las {clock}. Solo escribimos para contestarle o por un pedido en camino.",
    ),
    "kept_all": (
        "Nothing is erased. Messages stay off until you tick them again.",
        "Nada foi apagado. As mensagens continuam desligadas até as voltar a marcar.",
        "No se borra nada. Los mensajes siguen apagados hasta que vuelva a marcarlos.",
    ),
    "not_saved": (
        "Nothing was saved yet. Look at what is marked below.",
        "Ainda nada foi guardado. Veja o que está assinalado abaixo.",
        "Aún no se guardó nada. Mire lo que está señalado abajo.",
    ),
    "bad_day": (
        "There is no such day. Write it like 24 and November.",
        "Esse dia não existe. Escreva por exemplo 24 e novembro.",
        "Ese día no existe. Escriba por ejemplo 24 y noviembre.",
    ),
    "bad_year": (
        "Write the year with four digits, like 1984, or leave it empty.",
        "Escreva o ano com quatro algarismos, como 1984, ou deixe-o vazio.",
        "Escriba el año con cuatro cifras, como 1984, o déjelo vacío.",
    ),
    "bad_quiet": (
        "Write both hours, like 21:00 and 09:00, and make them different; or leave both empty.",
        "Escreva as duas horas, como 21:00 e 09:00, diferentes; ou deixe ambas vazias.",
        "Escriba las dos horas, como 21:00 y 09:00, distintas; o deje ambas vacías.",
    ),
    "side": ("Your data", "Os seus dados", "Sus datos"),
    "stop": ("Stop everything", "Parar tudo", "Parar todo"),
    "stop_hint": (
        "We then write only to answer you or about an order on its way.",
        "Só voltamos a escrever para responder a si ou sobre uma encomenda a caminho.",
        "Solo escribiremos para contestarle o por un pedido en camino.",
    ),
    "stop_button": ("I want no more messages", "Não quero mais mensagens", "No quiero más mensajes"),
    "stop_sure": ("Yes, stop everything", "Sim, parar tudo", "Sí, parar todo"),
    "known": ("What we know of you", "O que sabemos de si", "Lo que sabemos de usted"),
    "name": ("Name", "Nome", "Nombre"),
    "no_name": ("You told us none", "Não nos disse nenhum", "No nos dijo ninguno"),
    "where": ("Where we write to you", "Onde lhe escrevemos", "Dónde le escribimos"),
    "orders": ("Orders", "Encomendas", "Pedidos"),
    "orders_since": ("{n}, since {since}", "{n}, desde {since}", "{n}, desde {since}"),
    "no_orders": ("None", "Nenhuma", "Ninguno"),
    "last": ("Last permission", "Última autorização", "Último permiso"),
    "last_yes": (
        "{subject} by {channel}, on {day}",
        "{subject} por {channel}, a {day}",
        "{subject} por {channel}, el {day}",
    ),
    "all_marketing": ("Messages", "Mensagens", "Mensajes"),
    "none_given": ("None", "Nenhuma", "Ninguno"),
    "take_copy": ("Receive a copy", "Receber uma cópia", "Recibir una copia"),
    "erase": ("Ask to erase", "Pedir para apagar", "Pedir que se borre"),
    "erase_hint": (
        "Your messages stop at once. After 24 hours we erase your name, addresses, birthday and every "
        "word. That you asked us to stop we keep, unreadable, so that no list brings you back.",
        "As mensagens param já. Passadas 24 horas apagamos nome, endereços, aniversário e cada palavra. "
        "Guardamos, ilegível, que pediu para parar, para que nenhuma lista o traga de volta.",
        "Los mensajes paran ya. A las 24 horas borramos nombre, direcciones, cumpleaños y cada palabra. "
        "Guardamos, ilegible, que pidió parar, para que ninguna lista le traiga de vuelta.",
    ),
    "erase_sure": ("Yes, erase me", "Sim, apagar", "Sí, borrar"),
    "erase_due": (
        "Everything about you will be erased on {day} at {clock}.",
        "Tudo sobre si será apagado a {day} às {clock}.",
        "Todo lo suyo se borrará el {day} a las {clock}.",
    ),
    "erase_undo": ("Do not erase", "Não apagar", "No borrar"),
    "foot": (
        "You can also answer STOP to any message of ours. {business}",
        "Também pode responder PARAR a qualquer mensagem nossa. {business}",
        "También puede responder BAJA a cualquier mensaje nuestro. {business}",
    ),
    "gone": (
        "This link does not work any more",
        "Esta ligação já não funciona",
        "Este enlace ya no funciona",
    ),
    "gone_text": (
        "Personal links end after a while, and one that was cut when it was copied does not open either. "
        "Write to us wherever you usually do and ask for your preference page: we send you a new link.",
        "As ligações pessoais acabam passado algum tempo, e uma que foi cortada ao copiar também não abre. "
        "Escreva-nos por onde costuma e peça a sua página de preferências: enviamos-lhe uma ligação nova.",
        "Los enlaces personales caducan, y uno que se cortó al copiarlo tampoco se abre. Escríbanos por "
        "donde suele y pida su página de preferencias: le enviamos un enlace nuevo.",
    ),
    "chat": ("Write to us in the chat", "Escrever-nos no chat", "Escribirnos en el chat"),
    "busy": (
        "Nothing was saved: our side is away for a moment. Go back and save again in a minute.",
        "Nada foi guardado: estamos indisponíveis por um momento. Volte atrás e guarde dentro de um minuto.",
        "No se guardó nada: no estamos disponibles por un momento. Vuelva atrás y guarde en un minuto.",
    ),
    "busy_title": ("Not saved", "Não guardado", "Sin guardar"),
}


def words(language: str) -> Words:
    """Return every sentence in *language*, one of `LANGUAGES`."""
    at = LANGUAGES.index(language)
    return {name: row[at] for name, row in _ROWS.items()}


def language_of(request: web.Request, otherwise: str, own: str = "") -> str:
    """Choose for a request: what it asks for, the customer's *own*, what its browser speaks, *otherwise*."""
    heard = [own] if own else accepted(request.headers.get("Accept-Language", ""))
    return spoken([request.query.get("lang", ""), *heard], otherwise)
