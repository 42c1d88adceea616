"""The codes of SCAIP that a bridge must understand, and what they are in VKP's words.

Source: SS 91100:2014 (Social Care Alarm Internet Protocol), later CLC/TS 50134-9; codes as open implementations of it
have them. What is not in these tables is taken for an alarm of no particular kind, never dropped.
"""

from __future__ import annotations

from connectors.codes import AlertCode

#: Status codes (element `stc`) that raise an alarm.
ALARMS = {
    "0009": "automatisk alarm",
    "0010": "manuell alarm",
    "0011": "varsel",
    "0077": "åpen for lenge",
    "0081": "medisin ikke tatt",
    "0106": "ubudt besøk",
    "0110": "trenger hjelp",
    "0125": "sabotasje",
}
PILL_NOT_TAKEN = "0081"
PILL_TAKEN = "0083"
#: Status codes that tell how the equipment is.
CONDITIONS = {
    "0014": "batterifeil",
    "0016": "lavt batteri",
    "0023": "uten IP-forbindelse",
    "0024": "uten mobilforbindelse",
    "0042": "feil",
    "0063": "mistet",
    "0065": "trenger vedlikehold",
    "0066": "trenger vedlikehold straks",
    "0067": "feil",
    "0073": "frakoblet",
    "0085": "uten strøm",
    "0095": "radioforstyrrelse",
    "0105": "feil",
    "0123": "radiotest mangler",
}
#: Status codes by which equipment is well again, or was only being tested or reset.
ALL_WELL = frozenset(
    {"0015", "0020", "0048", "0070", "0075", "0086", "0091", "0092", "0093", "0094", "0102", "0103"}
    | {"0112", "0113", "0114", "0115", "0116", "0124"}
)

#: Kinds of equipment (element `dty`) whose alarms have a code of their own.
ALERT_OF_DEVICE = {
    "0002": AlertCode.SAFETY_ALARM,
    "0003": AlertCode.SAFETY_ALARM,
    "0004": AlertCode.SAFETY_ALARM,
    "0005": AlertCode.FALL,
    "0006": AlertCode.SAFETY_ALARM,
    "0007": AlertCode.SAFETY_ALARM,
    "0010": AlertCode.INACTIVITY,
    "0011": AlertCode.MEDICATION,
    "0012": AlertCode.LEFT_BED,
    "0013": AlertCode.MOVEMENT,
    "0014": AlertCode.DOOR_OPENED,
    "0015": AlertCode.LEFT_HOME,
    "0016": AlertCode.INCONTINENCE,
    "0017": AlertCode.EPILEPSY,
    "0018": AlertCode.ABSENCE,
    "0023": AlertCode.FIRE,
    "0025": AlertCode.FIRE,
    "0030": AlertCode.FALL,
    "0033": AlertCode.WATER,
    "0044": AlertCode.ROSE_FROM_CHAIR,
    "0047": AlertCode.FIRE,
    "0051": AlertCode.LOCATION,
}
DEVICE_NAMES = {
    "0002": "Trygghetsalarm",
    "0003": "Alarmknapp",
    "0004": "Fast alarmknapp",
    "0005": "Falldetektor",
    "0010": "Aktivitetssensor",
    "0011": "Medisindispenser",
    "0012": "Sengesensor",
    "0013": "Matte",
    "0014": "Dørsensor",
    "0015": "Vandresensor",
    "0023": "Røykvarsler",
    "0051": "Lokaliseringsenhet",
}
ROOMS = {
    "010": "kjeller",
    "011": "bad",
    "012": "soverom",
    "015": "garasje",
    "021": "kjøkken",
    "022": "vaskerom",
    "025": "trapp",
    "038": "dør",
    "039": "ytterdør",
    "042": "gang",
    "043": "stue",
}

#: Answers (element `snu`).
OK, INVALID_FORMAT, WRONG_CONTENT, NOT_TREATED, TAG_MISSING = "0", "2", "3", "5", "7"
