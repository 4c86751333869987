"""Why a touch was not sent, waits or ended, as agents read it within a sentence, in three languages."""

from collections.abc import Mapping
from typing import Final

from inbox.desk.slack.phrases import nearest
from inbox.touches import birthdays

# One row a code of `routing.reasons`: Portuguese, Spanish. English is what stands there.
WHYS: Final[Mapping[str, tuple[str, str]]] = {
    "merged_elsewhere": (
        "esta ficha foi unida a outra, que tem a sua própria mensagem",
        "esta ficha se unió a otra, que tiene su propio mensaje",
    ),
    "suppressed_deceased": ("o cliente morreu", "el cliente ha fallecido"),
    "suppressed_erased": ("o cliente pediu para ser esquecido", "el cliente pidió que lo olvidáramos"),
    "underage": (
        "o cliente é mais novo do que a idade a que podemos escrever",
        "el cliente es menor de la edad a la que podemos escribir",
    ),
    "not_in_segment": (
        "o cliente não está, ou já não está, entre aqueles a quem se destina",
        "el cliente no está, o ya no está, entre aquellos a quienes va dirigido",
    ),
    "incomplete_birthdate": (
        "falta o dia ou o mês do aniversário",
        "faltan el día o el mes del cumpleaños",
    ),
    "placeholder_birthdate": (
        "o aniversário parece um valor por omissão, não uma data que alguém nos disse",
        "el cumpleaños parece un valor por defecto, no una fecha que alguien nos dijo",
    ),
    "not_scheduled": (
        "o aniversário veio hoje numa importação; damos os parabéns a partir do próximo ano",
        "el cumpleaños llegó hoy en una importación; se felicita desde el año que viene",
    ),
    "ambiguous_birthdate": (
        "o dia e o mês do aniversário podem estar trocados; convém que alguém veja",
        "el día y el mes del cumpleaños pueden estar cambiados; conviene que alguien lo mire",
    ),
    "cooldown_300_days": (
        "o cliente recebeu esta mensagem anual há menos de 300 dias",
        "el cliente recibió este mensaje anual hace menos de 300 días",
    ),
    "already_sent_this_occasion": (
        "já houve uma mensagem por este motivo",
        "ya hubo un mensaje por este motivo",
    ),
    "once_a_day": (
        "o cliente recebeu uma deste tipo no mesmo dia",
        "el cliente recibió uno de este tipo el mismo día",
    ),
    "duplicate_address": (
        "outra pessoa com o mesmo endereço recebe esta mensagem",
        "otra persona con la misma dirección recibe este mensaje",
    ),
    "anchor_gone": (
        "aquilo a que esta mensagem se seguia já não existe",
        "aquello a lo que seguía este mensaje ya no existe",
    ),
    "anchor_moved": (
        "aquilo a que se segue mudou de data, e a mensagem também",
        "aquello a lo que sigue cambió de fecha, y el mensaje también",
    ),
    "not_due_yet": ("ainda não chegou a hora", "aún no ha llegado su hora"),
    "missing_variable": (
        "o texto precisa de algo que não sabemos deste cliente",
        "el texto necesita algo que no sabemos de este cliente",
    ),
    "no_consent": (
        "ninguém perguntou ao cliente, ou ele não autorizou",
        "nadie preguntó al cliente, o no dio permiso",
    ),
    "consent_expired": (
        "a autorização do cliente expirou",
        "el permiso del cliente ha caducado",
    ),
    "opted_out": ("o cliente pediu-nos para parar", "el cliente nos pidió parar"),
    "opted_out_same_number": (
        "o cliente pediu-nos para parar noutra aplicação com o mesmo número",
        "el cliente nos pidió parar en otra aplicación con el mismo número",
    ),
    "customer_wrote_first": ("o cliente escreveu-nos primeiro", "el cliente nos escribió primero"),
    "bought_again": ("o cliente voltou a comprar", "el cliente ha vuelto a comprar"),
    "order_returned": ("o cliente devolveu a encomenda", "el cliente devolvió el pedido"),
    "taken_by_agent": ("um agente está a tratar do cliente", "un agente se ocupa del cliente"),
    "open_complaint": ("há uma reclamação aberta", "hay una reclamación abierta"),
    "open_conversation": (
        "o cliente e um agente estão a falar",
        "el cliente y un agente están hablando",
    ),
    "awaiting_approval": ("falta que um agente a aprove", "falta que un agente lo apruebe"),
    "approval_refused": ("um agente decidiu que não", "un agente decidió que no"),
    "not_approved": (
        "nenhum agente a aprovou a tempo",
        "ningún agente lo aprobó a tiempo",
    ),
    "stopped_by_agent": ("um agente parou-a", "un agente lo paró"),
    "expired": ("o prazo passou antes de poder sair", "su plazo pasó antes de poder salir"),
    "outside_allowed_hours": (
        "está fora das horas em que podemos escrever ao cliente",
        "está fuera de las horas en que podemos escribir al cliente",
    ),
    "no_allowed_hours_left": (
        "já não há hora permitida antes de o prazo passar",
        "ya no queda hora permitida antes de que pase su plazo",
    ),
    "jurisdiction_closed_all_day": (
        "a lei do lugar do cliente não permite nenhuma hora desse dia",
        "la ley del lugar del cliente no permite ninguna hora de ese día",
    ),
    "window_closed_before_allowed_hours": (
        "o canal fecha antes de podermos voltar a escrever ao cliente",
        "el canal se cierra antes de que podamos volver a escribir al cliente",
    ),
    "no_common_hour": (
        "o cliente pode estar em vários fusos, e nenhuma hora serve a todos",
        "el cliente puede estar en varios husos, y ninguna hora vale para todos",
    ),
    "daily_cap": ("o cliente já recebeu a mensagem de hoje", "el cliente ya recibió el mensaje de hoy"),
    "weekly_cap": (
        "o cliente já recebeu em sete dias tantas quantas permitimos",
        "el cliente ya recibió en siete días tantos como permitimos",
    ),
    "jurisdiction_cap": (
        "o cliente já recebeu num dia tantas quantas a lei local permite",
        "el cliente ya recibió en un día tantos como permite la ley del lugar",
    ),
    "min_gap": ("a última mensagem é demasiado recente", "el último mensaje es demasiado reciente"),
    "birthday_keeps_the_day": (
        "o dia pertence ao aniversário do cliente",
        "el día es del cumpleaños del cliente",
    ),
    "no_channel": (
        "não temos endereço do cliente num canal desta mensagem",
        "no tenemos dirección del cliente en un canal de este mensaje",
    ),
    "channel_not_connected": (
        "o canal deste endereço não está ligado",
        "el canal de esta dirección no está conectado",
    ),
    "channel_not_for_this_touch": (
        "esta mensagem não vai por este canal",
        "este mensaje no va por este canal",
    ),
    "not_begun_there": (
        "é um lugar onde só respondemos, como por baixo de uma publicação",
        "es un lugar donde solo contestamos, como debajo de una publicación",
    ),
    "channel_not_registered": (
        "o canal não está registado para mensagens deste tipo",
        "el canal no está registrado para mensajes de este tipo",
    ),
    "channel_quota": (
        "o canal já enviou hoje tantas quantas pode",
        "el canal ya envió hoy tantos como puede",
    ),
    "window_closed": (
        "o cliente escreveu há tempo demais para este canal nos deixar escrever",
        "el cliente escribió hace demasiado para que este canal nos deje escribir",
    ),
    "template_not_sendable": (
        "o canal pede um modelo aprovado, e nenhum serve",
        "el canal pide una plantilla aprobada, y ninguna sirve",
    ),
    "us_marketing_templates_not_delivered": (
        "o canal não entrega publicidade a números desse país",
        "el canal no entrega publicidad a números de ese país",
    ),
    "address_closed": ("o endereço não se consegue contactar", "no se puede llegar a la dirección"),
    "address_rests": (
        "por agora o endereço não se consegue contactar",
        "por ahora no se puede llegar a la dirección",
    ),
    "blocked": ("o cliente bloqueou-nos aí", "el cliente nos bloqueó allí"),
    "undeliverable": ("o endereço não aceita mensagens", "la dirección no acepta mensajes"),
    "no_such_number": ("o número não está em serviço", "el número no está en servicio"),
    "no_such_address": ("já não há ninguém neste endereço", "ya no hay nadie en esta dirección"),
    "not_on_channel": ("o número não está nesta aplicação", "el número no está en esta aplicación"),
    "per_user_limit": (
        "por agora o canal não dá mais publicidade ao cliente",
        "por ahora el canal no da más publicidad al cliente",
    ),
    "delivery_failed": (
        "tentou-se por aí e de certeza que não chegou",
        "se intentó por allí y seguro que no llegó",
    ),
    "another_chosen": (
        "escolheu-se outro endereço do cliente",
        "se eligió otra dirección del cliente",
    ),
    "result_unknown": (
        "o canal nunca disse se chegou; não se envia duas vezes",
        "el canal nunca dijo si llegó; no se envía dos veces",
    ),
    "paused": ("todas as mensagens nossas estão em pausa", "todos los mensajes nuestros están en pausa"),
    "instance_changed_confirm_before_sending": (
        "esta base de dados foi reposta ou copiada; alguém tem de confirmar antes de continuar",
        "esta base de datos se restauró o se copió; alguien debe confirmarlo antes de seguir",
    ),
    "touch_switched_off": ("esta mensagem foi desligada", "este mensaje se desactivó"),
    "our_mistake": (
        "um erro nosso reteve-a; tenta-se de novo, e o registo diz o que foi",
        "un error nuestro lo retuvo; se intenta de nuevo, y el registro dice qué fue",
    ),
    # states that stand where no reason was written down
    "failed": ("não chegou", "no llegó"),
    "cancelled": ("foi anulada", "se anuló"),
    "suppressed": ("foi suprimida", "se suprimió"),
    "gone": ("já não existe", "ya no existe"),
    "control": (
        "o cliente está no grupo que fica de fora para comparar",
        "el cliente está en el grupo que queda fuera para comparar",
    ),
}


def why(code: str, language: str) -> str:
    """Say a reason within a sentence; a code that nobody knows is said as it is."""
    tongue = nearest(language)
    if tongue == "en" or code not in WHYS:
        return birthdays.why(code)
    return WHYS[code][0 if tongue == "pt" else 1]
