"""The zones of states, provinces and islands whose country has several clocks."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A US state: its English *name* and every zone in it, the most peopled first."""

    name: str
    zones: tuple[str, ...]


# Zones by state: 49 CFR part 71. Arizona holds the Navajo Nation, Nevada West Wendover.
STATES: Mapping[str, State] = {
    "AL": State(name="Alabama", zones=("America/Chicago",)),
    "AK": State(name="Alaska", zones=("America/Anchorage", "America/Adak")),
    "AZ": State(name="Arizona", zones=("America/Phoenix", "America/Denver")),
    "AR": State(name="Arkansas", zones=("America/Chicago",)),
    "CA": State(name="California", zones=("America/Los_Angeles",)),
    "CO": State(name="Colorado", zones=("America/Denver",)),
    "CT": State(name="Connecticut", zones=("America/New_York",)),
    "DE": State(name="Delaware", zones=("America/New_York",)),
    "DC": State(name="Washington D.C.", zones=("America/New_York",)),
    "FL": State(name="Florida", zones=("America/New_York", "America/Chicago")),
    "GA": State(name="Georgia", zones=("America/New_York",)),
    "HI": State(name="Hawaii", zones=("Pacific/Honolulu",)),
    "ID": State(name="Idaho", zones=("America/Boise", "America/Los_Angeles")),
    "IL": State(name="Illinois", zones=("America/Chicago",)),
    "IN": State(name="Indiana", zones=("America/Indiana/Indianapolis", "America/Chicago")),
    "IA": State(name="Iowa", zones=("America/Chicago",)),
    "KS": State(name="Kansas", zones=("America/Chicago", "America/Denver")),
    "KY": State(name="Kentucky", zones=("America/New_York", "America/Chicago")),
    "LA": State(name="Louisiana", zones=("America/Chicago",)),
    "ME": State(name="Maine", zones=("America/New_York",)),
    "MD": State(name="Maryland", zones=("America/New_York",)),
    "MA": State(name="Massachusetts", zones=("America/New_York",)),
    "MI": State(name="Michigan", zones=("America/Detroit", "America/Menominee")),
    "MN": State(name="Minnesota", zones=("America/Chicago",)),
    "MS": State(name="Mississippi", zones=("America/Chicago",)),
    "MO": State(name="Missouri", zones=("America/Chicago",)),
    "MT": State(name="Montana", zones=("America/Denver",)),
    "NE": State(name="Nebraska", zones=("America/Chicago", "America/Denver")),
    "NV": State(name="Nevada", zones=("America/Los_Angeles", "America/Denver")),
    "NH": State(name="New Hampshire", zones=("America/New_York",)),
    "NJ": State(name="New Jersey", zones=("America/New_York",)),
    "NM": State(name="New Mexico", zones=("America/Denver",)),
    "NY": State(name="New York", zones=("America/New_York",)),
    "NC": State(name="North Carolina", zones=("America/New_York",)),
    "ND": State(name="North Dakota", zones=("America/Chicago", "America/Denver")),
    "OH": State(name="Ohio", zones=("America/New_York",)),
    "OK": State(name="Oklahoma", zones=("America/Chicago",)),
    "OR": State(name="Oregon", zones=("America/Los_Angeles", "America/Boise")),
    "PA": State(name="Pennsylvania", zones=("America/New_York",)),
    "RI": State(name="Rhode Island", zones=("America/New_York",)),
    "SC": State(name="South Carolina", zones=("America/New_York",)),
    "SD": State(name="South Dakota", zones=("America/Chicago", "America/Denver")),
    "TN": State(name="Tennessee", zones=("America/Chicago", "America/New_York")),
    "TX": State(name="Texas", zones=("America/Chicago", "America/Denver")),
    "UT": State(name="Utah", zones=("America/Denver",)),
    "VT": State(name="Vermont", zones=("America/New_York",)),
    "VA": State(name="Virginia", zones=("America/New_York",)),
    "WA": State(name="Washington", zones=("America/Los_Angeles",)),
    "WV": State(name="West Virginia", zones=("America/New_York",)),
    "WI": State(name="Wisconsin", zones=("America/Chicago",)),
    "WY": State(name="Wyoming", zones=("America/Denver",)),
}

# ISO 3166-2 of other countries with several clocks; what is not here is no evidence.
OTHERS: Mapping[str, tuple[str, ...]] = {
    "AU-ACT": ("Australia/Sydney",),
    "AU-NSW": ("Australia/Sydney", "Australia/Broken_Hill", "Australia/Lord_Howe"),
    "AU-NT": ("Australia/Darwin",),
    "AU-QLD": ("Australia/Brisbane",),
    "AU-SA": ("Australia/Adelaide",),
    "AU-TAS": ("Australia/Hobart",),
    "AU-VIC": ("Australia/Melbourne",),
    "AU-WA": ("Australia/Perth", "Australia/Eucla"),
    "BR-AC": ("America/Rio_Branco",),
    "BR-AL": ("America/Maceio",),
    "BR-AM": ("America/Manaus", "America/Eirunepe"),
    "BR-AP": ("America/Belem",),
    "BR-BA": ("America/Bahia",),
    "BR-CE": ("America/Fortaleza",),
    "BR-DF": ("America/Sao_Paulo",),
    "BR-ES": ("America/Sao_Paulo",),
    "BR-GO": ("America/Sao_Paulo",),
    "BR-MA": ("America/Fortaleza",),
    "BR-MG": ("America/Sao_Paulo",),
    "BR-MS": ("America/Campo_Grande",),
    "BR-MT": ("America/Cuiaba",),
    "BR-PA": ("America/Belem",),
    "BR-PB": ("America/Fortaleza",),
    "BR-PE": ("America/Recife", "America/Noronha"),
    "BR-PI": ("America/Fortaleza",),
    "BR-PR": ("America/Sao_Paulo",),
    "BR-RJ": ("America/Sao_Paulo",),
    "BR-RN": ("America/Fortaleza",),
    "BR-RO": ("America/Porto_Velho",),
    "BR-RR": ("America/Boa_Vista",),
    "BR-RS": ("America/Sao_Paulo",),
    "BR-SC": ("America/Sao_Paulo",),
    "BR-SE": ("America/Maceio",),
    "BR-SP": ("America/Sao_Paulo",),
    "BR-TO": ("America/Araguaina",),
    "CA-AB": ("America/Edmonton",),
    "CA-BC": ("America/Vancouver", "America/Edmonton", "America/Dawson_Creek"),
    "CA-MB": ("America/Winnipeg",),
    "CA-NB": ("America/Moncton",),
    "CA-NL": ("America/St_Johns", "America/Goose_Bay"),
    "CA-NS": ("America/Halifax",),
    "CA-NT": ("America/Edmonton",),
    "CA-NU": ("America/Iqaluit", "America/Rankin_Inlet", "America/Cambridge_Bay"),
    "CA-ON": ("America/Toronto", "America/Winnipeg", "America/Atikokan"),
    "CA-PE": ("America/Halifax",),
    "CA-QC": ("America/Toronto", "America/Halifax", "America/Puerto_Rico"),
    "CA-SK": ("America/Regina", "America/Edmonton"),
    "CA-YT": ("America/Whitehorse",),
    "CL-MA": ("America/Punta_Arenas",),
    "CL-RM": ("America/Santiago",),
    "CL-VS": ("America/Santiago", "Pacific/Easter"),
    "EC-W": ("Pacific/Galapagos",),
    "ES-CN": ("Atlantic/Canary",),
    "MX-BCN": ("America/Tijuana",),
    "MX-BCS": ("America/Mazatlan",),
    "MX-CMX": ("America/Mexico_City",),
    "MX-NAY": ("America/Mazatlan", "America/Bahia_Banderas"),
    "MX-ROO": ("America/Cancun",),
    "MX-SIN": ("America/Mazatlan",),
    "MX-SON": ("America/Hermosillo",),
    "NZ-CIT": ("Pacific/Chatham",),
    "PT-20": ("Atlantic/Azores",),
    "PT-30": ("Atlantic/Madeira",),
    "RU-KGD": ("Europe/Kaliningrad",),
    "RU-MOW": ("Europe/Moscow",),
    "RU-SPE": ("Europe/Moscow",),
}

# The mainlands around those islands: one clock for every other part.
MAINLAND: Mapping[str, str] = {"ES": "Europe/Madrid", "NZ": "Pacific/Auckland", "PT": "Europe/Lisbon"}


def zones_of(region: str) -> tuple[str, ...]:
    """Give the zones of an ISO 3166-2 *region* such as US-FL; none where the table does not know it."""
    country, _, part = region.partition("-")
    if country == "US":
        return STATES[part].zones if part in STATES else ()
    if part and region not in OTHERS and country in MAINLAND:
        return (MAINLAND[country],)
    return OTHERS.get(region, ())
