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
    "form": ("With a code", "Com um código", "Con un código"),
    "form_how": (
        "Write where we may reach you and tick what you want. We send one code there; nothing holds before "
        "you type it here.",
        "Escreva onde o podemos contactar e assinale o que quer. Enviamos um código para lá; nada vale "
        "antes de o escrever aqui.",
        "Escriba dónde podemos contactarle y marque lo que quiere. Enviamos un código allí; nada vale antes "
        "de que lo escriba aquí.",
    ),
    "where_both": (
        "Mobile number or e-mail address",
        "Telemóvel ou endereço de e-mail",
        "Móvil o dirección de correo",
    ),
    "where_text": ("Mobile number", "Número de telemóvel", "Número de móvil"),
    "where_mail": ("E-mail address", "Endereço de e-mail", "Dirección de correo"),
    "where_abroad": (
        "A number from abroad begins with + and its country.",
        "Um número estrangeiro começa por + e o indicativo do país.",
        "Un número de otro país empieza por + y su prefijo.",
    ),
    "what_wanted": ("What you want", "O que quer receber", "Lo que quiere recibir"),
    "allow": (
        "{business} may send me: {subject}",
        "{business} pode enviar-me: {subject}",
        "{business} puede enviarme: {subject}",
    ),
    "ask": ("Send me the code", "Enviar-me o código", "Enviarme el código"),
    "not_sent": (
        "No code was sent yet. Look at what is marked below.",
        "Ainda não foi enviado nenhum código. Veja o que está assinalado abaixo.",
        "Aún no se ha enviado ningún código. Mire lo que está señalado abajo.",
    ),
    "stale": (
        "The page had been open for long. Look at what you wrote and press again.",
        "A página estava aberta há muito. Veja o que escreveu e carregue de novo.",
        "La página llevaba mucho tiempo abierta. Mire lo que escribió y pulse de nuevo.",
    ),
    "too_many": (
        "Too many codes were asked for from here. Try again in {minutes} min, or choose another way below.",
        "Daqui pediram-se códigos a mais. Tente dentro de {minutes} min, ou escolha outra forma abaixo.",
        "Desde aquí se han pedido demasiados códigos. Pruebe en {minutes} min o elija otra forma abajo.",
    ),
    "full": (
        "We send no more codes today. Come back tomorrow, or choose another way below.",
        "Hoje já não enviamos mais códigos. Volte amanhã, ou escolha outra forma abaixo.",
        "Hoy ya no enviamos más códigos. Vuelva mañana o elija otra forma abajo.",
    ),
    "bad_number": (
        "This is no mobile number that we can text. Write it whole, like {example}.",
        "Este não é um telemóvel a que possamos enviar SMS. Escreva-o inteiro, como {example}.",
        "No es un móvil al que podamos enviar un SMS. Escríbalo entero, como {example}.",
    ),
    "bad_mail": (
        "This is no e-mail address. Write it like maria@example.com.",
        "Isto não é um endereço de e-mail. Escreva-o como maria@example.com.",
        "No es una dirección de correo. Escríbala como maria@example.com.",
    ),
    "nothing_ticked": (
        "Tick at least one thing that you want.",
        "Assinale pelo menos uma coisa que queira.",
        "Marque al menos una cosa que quiera.",
    ),
    "code_title": ("Type the code", "Escreva o código", "Escriba el código"),
    "code_lead": (
        "If we may write to {where}, a code of six digits is on its way there. Type it within a day.",
        "Se podemos escrever para {where}, vai a caminho um código de seis algarismos. Escreva-o no prazo "
        "de um dia.",
        "Si podemos escribir a {where}, va en camino un código de seis cifras. Escríbalo en el plazo de un "
        "día.",
    ),
    "code": ("Code", "Código", "Código"),
    "confirm": ("Yes, send me this", "Sim, quero receber", "Sí, quiero recibirlo"),
    "code_wanted": (
        "With the code you allow this, at {where}:",
        "Com o código autoriza isto, em {where}:",
        "Con el código permite esto, en {where}:",
    ),
    "code_none": ("No code came?", "Não chegou nenhum código?", "¿No llegó ningún código?"),
    "code_once": (
        "An address gets one code a day. One at which somebody stopped our messages gets none: from there, "
        "write {start} to us first.",
        "Um endereço recebe um código por dia. Onde alguém parou as nossas mensagens não chega nenhum: "
        "escreva-nos primeiro {start} a partir daí.",
        "Una dirección recibe un código al día. Donde alguien paró nuestros mensajes no llega ninguno: "
        "escríbanos primero {start} desde allí.",
    ),
    "bad_code": (
        "That is not the code, or it is over. After five tries it is good no more.",
        "Não é esse o código, ou já não vale. Depois de cinco tentativas deixa de valer.",
        "Ese no es el código, o ya no vale. Tras cinco intentos deja de valer.",
    ),
    "over": (
        "This page is over. Ask for a code again.",
        "Esta página já não vale. Peça de novo um código.",
        "Esta página ya no vale. Pida de nuevo un código.",
    ),
    "other": ("Other ways", "Outras formas", "Otras formas"),
    "again": ("Ask for a code", "Pedir um código", "Pedir un código"),
    "done_title": ("You hear from us", "Vai receber notícias nossas", "Recibirá nuestros mensajes"),
    "done": (
        "What you ticked holds from now on, where the code came. {stop}, in answer to any message of ours, "
        "ends it.",
        "O que assinalou vale a partir de agora, onde chegou o código. Responda {stop} a qualquer mensagem "
        "nossa para terminar.",
        "Lo que marcó vale desde ahora, donde llegó el código. Responda {stop} a cualquier mensaje nuestro "
        "para terminar.",
    ),
    "mail_subject": ("Your code for {business}", "O seu código para {business}", "Su código para {business}"),
    "why_code": (
        "A number that somebody else typed is no permission: only the code is, which came to you.",
        "Um número que outra pessoa escreveu não é autorização: só o código, que lhe chegou a si.",
        "Un número que tecleó otra persona no es un permiso: solo el código, que le llegó a usted.",
    ),
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
