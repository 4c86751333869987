"""How days, hours and spans are written, in English, Portuguese and Spanish, without accents."""

import re
from collections.abc import Mapping
from datetime import time, timedelta
from typing import Final

_EN = "january|february|march|april|may|june|july|august|september|october|november|december"
_EN_SHORT = "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
_PT = "janeiro|fevereiro|marco|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro"
_ES = "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
_NUMBERED = r"\d{4}-\d{2}-\d{2}|\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b"
DAYS: Final[Mapping[str, re.Pattern[str]]] = {
    "en": re.compile(
        r"\b(?:the )?day after tomorrow\b|\btomorrow\b|\btoday\b|\btonight\b"
        r"|\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b"
        rf"|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_EN}|{_EN_SHORT})\b"
        rf"|\b(?:{_EN}|{_EN_SHORT})\.? \d{{1,2}}(?:st|nd|rd|th)?\b"
        rf"|\bthe \d{{1,2}}(?:st|nd|rd|th)\b|{_NUMBERED}"
    ),
    "pt": re.compile(
        r"\bdepois de amanha\b|\bamanha\b|\bhoje\b|\b(?:segunda|terca|quarta|quinta|sexta)(?:[- ]feira)?\b"
        rf"|\b(?:sabado|domingo)\b|\b\d{{1,2}} de (?:{_PT})\b|\bdia \d{{1,2}}\b|{_NUMBERED}"
    ),
    "es": re.compile(
        r"\bpasado manana\b|\bmanana\b|\bhoy\b|\b(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo)\b"
        rf"|\b\d{{1,2}} de (?:{_ES})\b|\b(?:el )?dia \d{{1,2}}\b|{_NUMBERED}"
    ),
}
SPANS: Final[Mapping[str, re.Pattern[str]]] = {
    "en": re.compile(
        r"\b(?:in|within)(?: the)?(?: next)? (\d{1,3}|an?|one|two|three|four|five|six|half an|a couple of)"
        r" ?(minute|min|hour|hr|day|week)s?\b"
    ),
    "pt": re.compile(
        r"\b(?:em|dentro de|daqui a|no prazo de) (\d{1,3}|uma?|dois|duas|tres|quatro|cinco|meia)"
        r" ?(minuto|hora|dia|semana)s?\b"
    ),
    "es": re.compile(
        r"\b(?:en|dentro de|en el plazo de) (\d{1,3}|una?|un|dos|tres|cuatro|cinco|media)"
        r" ?(minuto|hora|dia|semana)s?\b"
    ),
}
COUNTS: Final[Mapping[str, float]] = {
    "a": 1, "an": 1, "one": 1, "um": 1, "uma": 1, "un": 1, "una": 1,
    "two": 2, "a couple of": 2, "dois": 2, "duas": 2, "dos": 2,
    "three": 3, "tres": 3, "four": 4, "quatro": 4, "cuatro": 4, "five": 5, "cinco": 5, "six": 6,
    "half an": 0.5, "meia": 0.5, "media": 0.5,
}  # fmt: skip
UNITS: Final[Mapping[str, timedelta]] = {
    **dict.fromkeys(("minute", "min", "minuto"), timedelta(minutes=1)),
    **dict.fromkeys(("hour", "hr", "hora"), timedelta(hours=1)),
    **dict.fromkeys(("day", "dia"), timedelta(days=1)),
    **dict.fromkeys(("week", "semana"), timedelta(weeks=1)),
}
HOURS: Final[Mapping[str, re.Pattern[str]]] = {
    "en": re.compile(
        r"\b(?:(?P<at>at|by|before|until|around) )?(?P<h>\d{1,2})(?:[:.](?P<m>\d{2}))?"
        r" ?(?P<half>am|pm|a\.m\.|p\.m\.)?(?![\d/%€$-])"
        rf"(?! ?(?:st|nd|rd|th|min|hour|hr|day|week|euro|of|may|{_EN_SHORT}))"
    ),
    "pt": re.compile(
        r"\b(?:(?P<at>as|pelas) )?(?P<h>\d{1,2})(?:(?P<sign>[:h])(?P<m>\d{2})?)?"
        r"(?![\d/%€$-])(?! ?(?:min|hora|dia|semana|euro|de (?!manha)\w))(?: da (?P<half>manha|tarde|noite))?"
    ),
    "es": re.compile(
        r"\b(?:(?P<at>las?) )?(?P<h>\d{1,2})(?:(?P<sign>[:h])(?P<m>\d{2})?)?"
        r"(?![\d/%€$-])(?! ?(?:min|hora|dia|semana|euro|de (?!la)\w))(?: de la (?P<half>manana|tarde|noche))?"
    ),
}
NAMED: Final = (
    (re.compile(r"\bnoon\b|\bmidday\b|\bmeio[- ]dia\b|\bmediodia\b"), time(12)),
    (
        re.compile(r"\b(?:this |tomorrow )?morning\b|\bde manha\b|\bpela manha\b|\b(?:por|esta) la manana\b"),
        time(12),
    ),
    (re.compile(r"\bafternoon\b|\b(?:a|da|de|esta) tarde\b|\b(?:por|en) la tarde\b"), time(17)),
    (
        re.compile(r"\bevening\b|\btonight\b|\b(?:a|da|de|esta) noite\b|\besta noche\b|\bpor la noche\b"),
        time(20),
    ),
)
TODAY: Final = re.compile(
    r"\bthis (?:morning|afternoon|evening)\b|\besta (?:tarde|noche|noite)\b"
    r"|\bend of (?:the )?day\b|\beod\b|\bfim do dia\b|\bfinal del dia\b"
)
WEEK: Final = re.compile(r"\b(?:end of (?:the|this) week|fim da semana|final da semana|final de la semana)\b")
NEXT_WEEK: Final = re.compile(r"\b(?:next week|(?:na )?proxima semana|semana que vem|semana que viene)\b")
LIKELY: Final = re.compile(r"\d|" + "|".join(
    one.pattern for one in (*DAYS.values(), *SPANS.values(), TODAY, WEEK, NEXT_WEEK, NAMED[0][0])
))  # fmt: skip
