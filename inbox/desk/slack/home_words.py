"""What App Home says, in English, Portuguese and Spanish."""

from typing import Final

from inbox.desk.slack.phrases import Table

WORDS: Final[Table] = {
    "here": ("You are here.", "Está disponível.", "Estás disponible."),
    "away": ("You are away.", "Está ausente.", "Estás fuera."),
    "away_until": ("You are away until {at}.", "Está ausente até {at}.", "Estás fuera hasta {at}."),
    "go": ("Away…", "Ausentar-me…", "Salir…"),
    "go_spoken": (
        "Go away and get nothing new",
        "Ficar ausente e não receber nada de novo",
        "Salir y no recibir nada nuevo",
    ),
    "back": ("I am back", "Voltei", "He vuelto"),
    "back_spoken": (
        "Be here again and get conversations",
        "Voltar a receber conversas",
        "Volver a recibir conversaciones",
    ),
    "counts": (
        "Open: {open}. Waiting for you: {waiting}. Waiting in your teams for anybody: {nobodys}.",
        "Abertas: {open}. À sua espera: {waiting}. À espera de alguém nas suas equipas: {nobodys}.",
        "Abiertas: {open}. Te esperan: {waiting}. Esperan a alguien en tus equipos: {nobodys}.",
    ),
    "failed": ("Failed or perhaps sent", "Falharam ou talvez enviadas", "Fallidas o quizá enviadas"),
    "failed_one": ("did not arrive", "não chegou", "no llegó"),
    "perhaps_one": (
        "perhaps sent, nobody knows",
        "talvez enviada, ninguém sabe",
        "quizá enviada, nadie lo sabe",
    ),
    "promises": ("Promises due today", "Promessas para hoje", "Promesas para hoy"),
    "by": ("by {at}", "até {at}", "hasta {at}"),
    "was_by": ("late, was due {at}", "atrasada, era até {at}", "tarde, era hasta {at}"),
    "yours": ("Yours by due time", "As suas por prazo", "Las tuyas por plazo"),
    "no_yours": (
        "You have no open conversation.",
        "Não tem nenhuma conversa aberta.",
        "No tienes ninguna conversación abierta.",
    ),
    "waiting": ("Waiting in your teams", "À espera nas suas equipas", "Esperan en tus equipos"),
    "no_waiting": ("Nobody waits.", "Ninguém espera.", "No espera nadie."),
    "more": ("and {n} more", "e mais {n}", "y {n} más"),
    "open": ("Open", "Abrir", "Abrir"),
    "open_spoken": (
        "Open the conversation with {who}",
        "Abrir a conversa com {who}",
        "Abrir la conversación con {who}",
    ),
    "numbers": ("Your numbers today", "Os seus números de hoje", "Tus números de hoy"),
    "did": (
        "Answers {answers}, customers {customers}, resolved {resolved}.",
        "Respostas {answers}, clientes {customers}, resolvidas {resolved}.",
        "Respuestas {answers}, clientes {customers}, resueltas {resolved}.",
    ),
    "settings": ("Your settings", "As suas definições", "Tus ajustes"),
    "language": (
        "Language of what the desk says to you",
        "Língua em que o serviço lhe fala",
        "Idioma en que te habla el servicio",
    ),
    "as_slack": ("as in Slack", "como no Slack", "como en Slack"),
    "digest_on": (
        "On Mondays you get the birthdays of your customers in a message.",
        "Às segundas recebe os aniversários dos seus clientes numa mensagem.",
        "Los lunes recibes los cumpleaños de tus clientes en un mensaje.",
    ),
    "digest_off": (
        "You get no message about the birthdays of your customers.",
        "Não recebe mensagem sobre os aniversários dos seus clientes.",
        "No recibes mensajes sobre los cumpleaños de tus clientes.",
    ),
    "safe_on": (
        "Safe mode: nothing you type leaves before you press Send.",
        "Modo seguro: nada do que escreve sai antes de carregar em Enviar.",
        "Modo seguro: nada de lo que escribes sale antes de pulsar Enviar.",
    ),
    "safe_off": (
        "Safe mode is off: what you type in a thread goes to the customer.",
        "Modo seguro desligado: o que escreve numa conversa vai para o cliente.",
        "Modo seguro desactivado: lo que escribes en un hilo va al cliente.",
    ),
    "turn_on": ("Turn on", "Ligar", "Activar"),
    "turn_off": ("Turn off", "Desligar", "Desactivar"),
    "digest_spoken": ("Birthdays of your week", "Aniversários da sua semana", "Cumpleaños de tu semana"),
    "safe_spoken": ("Safe mode", "Modo seguro", "Modo seguro"),
    "as_of": ("as of {at}", "situação às {at}", "a las {at}"),
    "page": ("page {page}", "página {page}", "página {page}"),
    "refresh": ("Refresh", "Atualizar", "Actualizar"),
    "next": ("Next 20", "Mais 20", "Otras 20"),
    "first": ("First 20", "As primeiras 20", "Las primeras 20"),
}
