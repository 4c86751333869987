"""What is said about being away and back, in English, Portuguese and Spanish."""

from typing import Final

from inbox.desk.slack.phrases import Table

WORDS: Final[Table] = {
    "no_time": (
        "That time cannot be read. Write `away until 15:30`, `away until friday` or `away until 2h`.",
        "Não se lê essa hora. Escreva `ausente até 15:30`, `ausente até sexta` ou `ausente até 2h`.",
        "No se entiende esa hora. Escribe `fuera hasta 15:30`, `fuera hasta el viernes` o `fuera hasta 2h`.",
    ),
    "owned_one": (
        "You have 1 open conversation. What becomes of it while you are away{until}?",
        "Tem 1 conversa aberta. O que lhe acontece enquanto está ausente{until}?",
        "Tienes 1 conversación abierta. ¿Qué pasa con ella mientras estás fuera{until}?",
    ),
    "owned": (
        "You have {n} open conversations. What becomes of them while you are away{until}?",
        "Tem {n} conversas abertas. O que lhes acontece enquanto está ausente{until}?",
        "Tienes {n} conversaciones abiertas. ¿Qué pasa con ellas mientras estás fuera{until}?",
    ),
    "until": (" until {at}", " até {at}", " hasta {at}"),
    "keep": ("Keep", "Manter", "Conservar"),
    "give_back": ("Give back", "Devolver", "Devolver"),
    "hand_over": ("Hand over…", "Passar a…", "Pasar a…"),
    "not_yet": (
        "You are not away before you choose.",
        "Só fica ausente depois de escolher.",
        "No estás fuera hasta que elijas.",
    ),
    "away": (
        "You are away{until}. You get nothing new.",
        "Está ausente{until}. Não recebe nada de novo.",
        "Estás fuera{until}. No recibes nada nuevo.",
    ),
    "kept": ("You keep what you have.", "Mantém o que tem.", "Conservas lo que tienes."),
    "given_back": (
        "What you had is given back to your team.",
        "O que tinha foi devolvido à sua equipa.",
        "Lo que tenías se ha devuelto a tu equipo.",
    ),
    "handed": (
        "{name} has what you had.",
        "{name} ficou com o que tinha.",
        "{name} tiene lo que tenías.",
    ),
    "back": (
        "You are here again and get conversations.",
        "Está de volta e recebe conversas.",
        "Estás de vuelta y recibes conversaciones.",
    ),
    "title": ("Away", "Ausente", "Fuera"),
    "submit": ("Go away", "Sair", "Salir"),
    "cancel": ("Cancel", "Cancelar", "Cancelar"),
    "f_until": ("Back at", "De volta às", "De vuelta a las"),
    "f_until_hint": (
        "Leave it empty if you do not know.",
        "Deixe vazio se não sabe.",
        "Déjalo vacío si no lo sabes.",
    ),
    "f_why": ("Why", "Porquê", "Por qué"),
    "f_owned": ("What you have", "O que tem", "Lo que tienes"),
    "f_to": ("Hand over to", "Passar a", "Pasar a"),
    "f_to_place": ("A colleague", "Um colega", "Un colega"),
    "passed": (
        "That time has passed. Choose a time to come.",
        "Essa hora já passou. Escolha uma hora futura.",
        "Esa hora ya ha pasado. Elige una hora futura.",
    ),
    "whom": (
        "Choose a colleague.",
        "Escolha um colega.",
        "Elige a un colega.",
    ),
    "absent": (
        "{name} is away. Choose somebody who is here.",
        "{name} está ausente. Escolha alguém que esteja cá.",
        "{name} está fuera. Elige a alguien que esté.",
    ),
}
