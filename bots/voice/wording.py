"""What is said on the telephone, by language, and which language a caller is spoken to in."""

from collections.abc import Mapping, Sequence
from typing import Final

from phonenumbers import NumberParseException, parse, region_code_for_number

GREETING: Final = {
    "en": "Thank you for calling. Nobody can come to the phone right now. "
    "Please leave a message after the tone, and we will get back to you.",
    "pt": "Obrigado por ligar. De momento não podemos atender. "
    "Deixe a sua mensagem depois do sinal, e entramos em contacto consigo.",
    "pt-BR": "Obrigado por ligar. No momento não podemos atender. "
    "Deixe sua mensagem depois do sinal e entraremos em contato com você.",
    "es": "Gracias por llamar. Ahora mismo no podemos atenderle. "
    "Deje su mensaje después de la señal y nos pondremos en contacto con usted.",
    "fr": "Merci de votre appel. Nous ne pouvons pas vous répondre pour le moment. "
    "Laissez un message après le signal, et nous vous recontacterons.",
    "de": "Danke für Ihren Anruf. Im Moment ist niemand erreichbar. "
    "Bitte sprechen Sie nach dem Ton, wir melden uns bei Ihnen.",
    "it": "Grazie per la chiamata. Al momento non possiamo rispondere. "
    "Lasci un messaggio dopo il segnale e la ricontatteremo.",
}
THANKS: Final = {
    "en": "Thank you. Goodbye.",
    "pt": "Obrigado. Até breve.",
    "es": "Gracias. Hasta pronto.",
    "fr": "Merci. Au revoir.",
    "de": "Danke. Auf Wiederhören.",
    "it": "Grazie. Arrivederci.",
}
UNNAMED: Final = {
    "en": "Nobody can come to the phone right now. Please call again, and show your number this time: "
    "without it we cannot get back to you.",
    "pt": "De momento não podemos atender. Ligue de novo com o seu número visível: "
    "sem ele não o podemos contactar.",
    "es": "Ahora mismo no podemos atenderle. Vuelva a llamar mostrando su número: "
    "sin él no podemos contestarle.",
}
CALLING: Final = {
    "en": "Calling your customer at {number}.",
    "pt": "A ligar para o seu cliente, {number}.",
    "es": "Llamando a su cliente, {number}.",
}
PRESS: Final = {
    "en": "Press any key, and your customer at {number} is called.",
    "pt": "Prima uma tecla para ligar para o seu cliente, {number}.",
    "es": "Pulse una tecla para llamar a su cliente, {number}.",
}
NO_ANSWER: Final = {
    "en": "The customer did not answer.",
    "pt": "O cliente não atendeu.",
    "es": "El cliente no ha contestado.",
}
SPOKEN: Final = {"en": "en-US", "pt": "pt-PT", "es": "es-ES", "fr": "fr-FR", "de": "de-DE", "it": "it-IT"}
"""The voice for a language that names no country: https://www.twilio.com/docs/voice/twiml/say."""
HEARD_IN: Final = {
    **dict.fromkeys(("PT", "AO", "MZ", "CV"), "pt"),
    "BR": "pt-BR",
    "ES": "es",
    **dict.fromkeys(("MX", "AR", "CO", "CL", "PE", "VE", "EC", "GT", "CU", "BO", "DO", "HN"), "es-MX"),
    **dict.fromkeys(("PY", "SV", "NI", "CR", "PA", "UY", "PR"), "es-MX"),
    **dict.fromkeys(("FR", "MC"), "fr"),
    **dict.fromkeys(("DE", "AT"), "de"),
    **dict.fromkeys(("IT", "SM"), "it"),
    **dict.fromkeys(("GB", "IE"), "en-GB"),
    **dict.fromkeys(("US", "CA", "AU", "NZ"), "en-US"),
}
"""What most people speak in a country; those with several languages are left out."""


def language_of(number: str, otherwise: str) -> str:
    """Guess by the country of a *number* in E.164 what its owner speaks."""
    try:
        region = region_code_for_number(parse(number))
    except NumberParseException:
        return otherwise
    return HEARD_IN.get(region or "", otherwise)


def chosen(*texts: Mapping[str, str], languages: Sequence[str]) -> tuple[str, str]:
    """Find the words for the first of *languages* that there are any for, English at last.

    Earlier *texts* go before later ones. Gives the voice's language and the words.
    """
    for language in (*languages, "en"):
        voice = language if "-" in language else SPOKEN.get(language, language)
        for known in texts:
            for tag in (language, voice, language.partition("-")[0]):
                if tag in known:
                    return voice, known[tag]
    raise ValueError("there are no words in English")
