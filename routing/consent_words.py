"""The words by which customers stop, allow again, or ask for help: data, as `consent.plain` writes."""

import re
from typing import Final

STOP: Final[frozenset[str]] = frozenset(
    # 47 CFR 64.1200(a)(10): these seven are an opt-out by themselves
    {"stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"}
    # what carriers and providers act on too
    | {"stopall", "stop all", "optout", "remove", "arret", "td"}
    # Spanish, Portuguese, French, German and Nordic, Italian
    | {"baja", "no mas", "dar de baja", "darme de baja", "parar", "detener", "basta", "cancelar"}
    | {"pare", "parem", "sair", "nao mais", "chega", "descadastrar", "remover"}
    | {"arreter", "desabonner", "stopp", "abmelden", "avslutt", "cancella", "disiscrivimi"}
)
START: Final[frozenset[str]] = frozenset(
    ("start", "unstop", "subscribe", "opt in", "optin", "alta", "volver a recibir", "voltar a receber")
)
HELP: Final[frozenset[str]] = frozenset(("help", "info", "ayuda", "ajuda", "aide", "hilfe", "aiuto"))

COURTESY: Final[re.Pattern[str]] = re.compile(
    r"\b(?:please|pls|plz|thanks|thank you|hi|hello|hey|ok|okay|now|already|just|immediately|sir|madam"
    r"|por favor|gracias|obrigad[oa]|hola|ola|ya|ja|agora|ahora|bom dia|buen dia|buenos dias"
    r"|bitte|danke|merci|svp|sil vous plait)\b"
)
"""Around a stop word these change nothing: "stop please", "hola, baja por favor"."""

SHORT: Final[frozenset[str]] = frozenset(
    {"no more", "stop messaging", "stop texting", "stop messages", "stop texts", "stop sms"}
    | {"leave me alone", "not interested stop", "end all", "cancel all", "end messages", "end texts"}
    | {"no more messages", "no more texts", "cancel messages", "cancel texts", "cancel sms", "stop ads"}
    | {"deixem me em paz", "deixe me em paz", "dejenme en paz", "dejeme en paz", "ya basta", "ja chega"}
    | {"parar mensagens", "parar mensajes", "cancelar mensagens", "cancelar mensajes", "nao quero mais"}
    | {"no quiero mas", "basta de mensajes", "chega de mensagens"}
)
"""Whole messages that are a clear wish without being a word of the lists above."""

_THINGS: Final = (
    r"(?:messages?|texts?|sms|mails?|emails?|ads?|advertising|advertisements?|offers?|promos?|promotions?"
    r"|marketing|newsletters?|spam|greetings|reminders|notifications?|anything)"
)
_MENSAGENS: Final = (
    r"(?:mensage(?:m|ns)|sms|emails?|publicidade|promocoes|ofertas|avisos|notificacoes|marketing|contactos?)"
)
_MENSAJES: Final = (
    r"(?:mensajes?|sms|correos?|emails?|publicidad|promociones|ofertas|avisos|notificaciones|marketing|nada)"
)
_END: Final = r"(?= (?:again|any ?more|ever|please|thanks?|with|about your)\b|$)"

WISHES: Final[tuple[re.Pattern[str], ...]] = tuple(
    re.compile(rf"\b(?:{one})")
    for one in (
        # English
        r"(?:stop|quit|cease) (?:\w+ )?(?:text|messag|writ|contact|email|spamm|bother)ing\b",
        rf"(?:stop|quit|cease) (?:sending|sms) (?:me )?(?:\w+ )?(?:\w+ )?{_THINGS}\b",
        rf"(?:stop|end|cancel) (?:\w+ )?(?:these|your|the|all|all these|all your) (?:\w+ )?{_THINGS}\b",
        rf"(?:dont|do not|never) (?:ever )?(?:text|message|contact|email|write|write to|spam) me{_END}",
        rf"(?:dont|do not|never) (?:ever )?send me (?:any |more |your |these |such ){{0,4}}{_THINGS}\b",
        rf"(?:dont|do not|no longer) (?:want|wish) (?:to )?(?:receive |get )?"
        rf"(?:any |more |your |these ){{0,4}}{_THINGS}\b",
        rf"no more (?:\w+ ){{0,2}}{_THINGS}\b",
        r"unsubscribe (?:me|us|from|my)\b",
        r"opt (?:me|us) out\b",
        r"(?:want|like|wish|need) to (?:opt out|unsubscribe|be removed)\b",
        r"(?:remove|delete|take) (?:me|my number|us|my name) (?:from|off|out)\b",
        r"remove me$",
        r"i (?:hereby )?(?:revoke|withdraw) (?:my )?(?:consent|permission)\b",
        # Portuguese
        r"(?:pare|parem|para|deixe|deixem) de (?:me )?(?:enviar|mandar|escrever|contactar|contatar|chatear)",
        r"nao me (?:enviem?|mandem?|escrevam?|contactem?|contatem?|incomodem?)(?: mais)?"
        rf"(?=$| mais\b| nunca\b| (?:\w+ )?{_MENSAGENS}\b)",
        r"nao (?:quero|desejo|pretendo) (?:mais )?(?:receber )?(?:mais )?"
        rf"(?:as |as vossas |as suas )?{_MENSAGENS}\b",
        r"nao (?:quero|desejo|pretendo) (?:mais )?receber (?:mais )?(?:nada|isto|isso)\b",
        r"(?:quero|gostaria de|desejo|pretendo) (?:deixar de receber|cancelar a subscricao|sair da lista)",
        r"(?:remov\w+|retir\w+|tir\w+|apag\w+) (?:me|o meu (?:numero|contacto)|meu numero) d[aeo]\b",
        # Spanish
        r"(?:deje|dejen|deja|pare|paren) de (?:enviar|mandar|escribir|contactar|molestar)",
        r"no me (?:envien?|manden?|escriban?|contacten?|molesten?)"
        rf"(?=$| mas\b| nunca\b| (?:\w+ )?{_MENSAJES}\b)",
        rf"(?:ya )?no (?:quiero|deseo) (?:mas )?(?:recibir )?(?:mas )?(?:sus |estos |los )?{_MENSAJES}\b",
        r"(?:dar|da|de|den)me de baja\b",
        r"(?:quiero|deseo|quisiera) (?:darme de baja|la baja|dejar de recibir)\b",
        r"(?:borr\w+|quit\w+|sac\w+|elimin\w+)me de (?:la|su|esta) lista\b",
    )
)
"""Clear wishes inside a longer message."""

_WHOLE: Final = (
    *{max(phrase.split(), key=len) for phrase in STOP | SHORT},
    *("stop", "quit", "cease", "end", "cancel", "dont", "do not", "never", "no longer", "no more"),
    *("unsubscribe", "opt", "be removed", "remove", "delete", "take", "revoke", "withdraw"),
    *("parem?", "para", "deixem?", "nao", "quero", "gostaria", "desejo", "pretendo"),
    *("dejen?", "deja", "paren", "no me", "quiero", "deseo", "quisiera", "(?:dar|da|de|den)me"),
)
_STEMS: Final = ("remov", "retir", "tir", "apag", "borr", "quit", "sac", "elimin")
MAY_WISH: Final[re.Pattern[str]] = re.compile(rf"\b(?:(?:{'|'.join(sorted(_WHOLE))})\b|{'|'.join(_STEMS)})")
"""Stands in every wish above and in those that are whole messages: where it does not, there is none."""

NOT_WISHES: Final[re.Pattern[str]] = re.compile(
    r"\b(?:dont|do not|not|never|did you|didnt|have you|why) (?:\w+ ){0,2}"
    r"(?:stop|quit|cease|end|cancel|unsubscribe|opt (?:me|us)|remove|take me|delete|revoke|withdraw)\b"
    r"|\b(?:nao|no) (?:me )?(?:pare|parem|deixem?|dejen?|paren|den de baja|remov\w+|retir\w+|borr\w+)\b"
)
"""The same words turned round: "please do not remove me", "why did you stop texting me"."""
