"""What Slack says of touches, in English, Portuguese and Spanish: questions, the week, birthdays, the words.

Customers' messages that we begin are called what people call them: a touch, uma mensagem, un mensaje.
"""

from typing import Final

from inbox.desk.slack import phrases
from inbox.desk.slack.phrases import Table

WORDS: Final[Table] = {
    # the question and what became of it
    "asks": ("Approve this touch?", "Aprovar esta mensagem?", "¿Aprobar este mensaje?"),
    "to": ("{what} to {who}", "{what} para {who}", "{what} para {who}"),
    "birthday": ("birthday touch", "mensagem de aniversário", "mensaje de cumpleaños"),
    "anniversary": (
        "anniversary touch",
        "mensagem do aniversário como cliente",
        "mensaje del aniversario como cliente",
    ),
    "named": ("touch “{name}”", "mensagem “{name}”", "mensaje “{name}”"),
    "their_time": ("Their time", "Hora do cliente", "Hora del cliente"),
    "our_time": ("Our time", "A nossa hora", "Nuestra hora"),
    "channel": ("Channel", "Canal", "Canal"),
    "latest": ("At the latest", "O mais tardar", "Como muy tarde"),
    "there": ("{day} at {clock} in {zone}", "{day} às {clock} em {zone}", "{day} a las {clock} en {zone}"),
    "form": (
        "{{date_short_pretty}} at {{time}}",
        "{{date_short_pretty}} às {{time}}",
        "{{date_short_pretty}} a las {{time}}",
    ),
    "no_channel": ("none yet", "ainda nenhum", "aún ninguno"),
    "no_words": ("(no words yet)", "(ainda sem texto)", "(aún sin texto)"),
    "touch_approve": ("Approve", "Aprovar", "Aprobar"),
    "touch_hold": ("Hold", "Reter", "Retener"),
    "touch_edit": ("Edit", "Editar", "Editar"),
    "touch_refuse": ("Not this time", "Desta vez não", "Esta vez no"),
    "spoken": ("{label}: touch to {who}", "{label}: mensagem para {who}", "{label}: mensaje para {who}"),
    "edited": ("The words were edited.", "O texto foi alterado.", "El texto se ha cambiado."),
    "given": ("Approved by {who}, {at}.", "Aprovada por {who}, {at}.", "Aprobado por {who}, {at}."),
    "refused": (
        "Decided against by {who}, {at}.",
        "Recusada por {who}, {at}.",
        "Rechazado por {who}, {at}.",
    ),
    "held": ("Held by {who}, {at}.", "Retida por {who}, {at}.", "Retenido por {who}, {at}."),
    "given_already": (
        "Approved by {who} at {at} already.",
        "Já foi aprovada por {who} às {at}.",
        "Ya lo aprobó {who} a las {at}.",
    ),
    "refused_already": (
        "Decided against by {who} at {at} already.",
        "Já foi recusada por {who} às {at}.",
        "Ya lo rechazó {who} a las {at}.",
    ),
    "held_already": (
        "Held by {who} at {at} already.",
        "Já foi retida por {who} às {at}.",
        "Ya lo retuvo {who} a las {at}.",
    ),
    "over": (
        "This touch is over: {why}.",
        "Esta mensagem já acabou: {why}.",
        "Este mensaje ya acabó: {why}.",
    ),
    "missing": (
        "A value is missing: {what}. Edit it, or it is not sent.",
        "Falta um valor: {what}. Altere o texto, ou não é enviada.",
        "Falta un valor: {what}. Cambia el texto o no se envía.",
    ),
    "sent": ("Sent.", "Enviada.", "Enviado."),
    "on_its_way": ("On its way.", "A caminho.", "En camino."),
    "not_sent": ("Not sent: {why}.", "Não enviada: {why}.", "No enviado: {why}."),
    "unless": (
        "It is not sent unless somebody approves it.",
        "Só é enviada se alguém a aprovar.",
        "Solo se envía si alguien lo aprueba.",
    ),
    "size": ("{n} characters", "{n} caracteres", "{n} caracteres"),
    "size_sms": ("{n} characters, {parts} SMS", "{n} caracteres, {parts} SMS", "{n} caracteres, {parts} SMS"),
    # the words, to be changed
    "title": ("Edit this touch", "Editar esta mensagem", "Editar este mensaje"),
    "save": ("Save", "Guardar", "Guardar"),
    "cancel": ("Cancel", "Cancelar", "Cancelar"),
    "this": ("This touch", "Esta mensagem", "Este mensaje"),
    "reads": ("What the customer reads", "O que o cliente lê", "Lo que lee el cliente"),
    "hint": (
        "Now {size}; 160 plain characters are one SMS, at most {most}. It is not sent yet.",
        "Agora {size}; 160 caracteres simples são um SMS, no máximo {most}. Ainda não é enviada.",
        "Ahora {size}; 160 caracteres simples son un SMS, como máximo {most}. Aún no se envía.",
    ),
    "write": (
        "Write what the customer is to read.",
        "Escreva o que o cliente vai ler.",
        "Escribe lo que va a leer el cliente.",
    ),
    "at_most": (
        "At most {most} characters.",
        "No máximo {most} caracteres.",
        "Como máximo {most} caracteres.",
    ),
    # the week
    "week": (
        "Touches: {out} went out last week, {coming} are to come this week.",
        "Mensagens nossas: saíram {out} na semana passada, esta semana estão previstas {coming}.",
        "Mensajes nuestros: salieron {out} la semana pasada, esta semana hay {coming} previstos.",
    ),
    "by_kind": ("By kind", "Por tipo", "Por tipo"),
    "kind": (
        "{name}: {n} out, {answered} answered, {stopped} opted out",
        "{name}: enviadas {n}, com resposta {answered}, pediram para parar {stopped}",
        "{name}: enviados {n}, con respuesta {answered}, bajas {stopped}",
    ),
    "not_sent_title": ("Not sent", "Não enviadas", "No enviados"),
    "held_title": ("Held now", "Retidas agora", "Retenidos ahora"),
    "by_day": ("Touches by day", "Mensagens por dia", "Mensajes por día"),
    "went_out": ("went out", "enviadas", "enviados"),
    "to_come": ("to come", "previstas", "previstos"),
    "bars": (
        "Bars by day. Went out: {out}. To come: {coming}.",
        "Barras por dia. Enviadas: {out}. Previstas: {coming}.",
        "Barras por día. Enviados: {out}. Previstos: {coming}.",
    ),
    # birthdays of the week
    "birthdays": (
        "Birthdays this week: {n} of your customers.",
        "Aniversários desta semana: {n} dos seus clientes.",
        "Cumpleaños de esta semana: {n} de tus clientes.",
    ),
    "more": (
        "and {n} more: see the calendar in the browser desk",
        "e mais {n}: veja o calendário no navegador",
        "y {n} más: mira el calendario en el navegador",
    ),
    "last_order": ("last order {day}", "última encomenda {day}", "último pedido {day}"),
    "no_order": ("no order yet", "ainda sem encomendas", "aún sin pedidos"),
    "switched_off": (
        "no birthday touch is switched on",
        "não há mensagem de aniversário ligada",
        "no hay ningún mensaje de cumpleaños activado",
    ),
    "another_day": (
        "no touch: it does not fall on this day",
        "sem mensagem: não calha neste dia",
        "sin mensaje: no cae en este día",
    ),
    "no_touch": ("no touch: {why}", "sem mensagem: {why}", "sin mensaje: {why}"),
    "touch_held": ("touch held: {why}", "mensagem retida: {why}", "mensaje retenido: {why}"),
    "leaves": (
        "touch at {clock} their time, over {channel}",
        "mensagem às {clock}, hora do cliente, por {channel}",
        "mensaje a las {clock}, hora del cliente, por {channel}",
    ),
}


def say(language: str, key: str, **values: object) -> str:
    """Write a sentence in *language*."""
    return phrases.said(WORDS, language, key, **values)
