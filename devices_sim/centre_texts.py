"""What operators write, by what lay behind the alert. Norwegian as in a response centre; our own words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """How a cause is told of: what happened, what was done by talk alone, what was done on a call-out.

    `cause` and `action` are the texts of the handling steps 6 (årsak) and 9 (aksjon). `call_out` is the chance
    that somebody is sent, None where the table of rates decides. `harmless` alerts need no talk.
    """

    event: str
    cause: str
    talked: str
    visited: str
    action: str
    call_out: float | None = None
    harmless: bool = False


_HOME = "Hjemmetjenesten rykket ut."
WORDINGS = {
    "accidental": Wording(
        "Trykket på alarmen ved et uhell.",
        "Utilsiktet alarm",
        "Snakket med innbygger, alt vel. Ingen tiltak.",
        f"{_HOME} Alt vel.",
        "Alarm tilbakestilt",
        0.02,
    ),
    "false_fall": Wording(
        "Falldetektor varslet, innbygger har ikke falt.",
        "Falsk fallalarm",
        "Innbygger svarte på toveis tale og hadde satt seg brått ned. Alt vel.",
        f"{_HOME} Innbygger satt i stolen, alt vel.",
        "Varsel tilbakestilt",
        0.1,
    ),
    "fall": Wording(
        "Innbygger har falt og kommer seg ikke opp.",
        "Fall",
        "Innbygger kom seg opp med veiledning over toveis tale. Ingen smerter.",
        f"{_HOME} Hjulpet opp fra gulvet, undersøkt for skade. Ingen synlig skade, noe øm i hofte.",
        "Hjulpet opp",
        0.85,
    ),
    "unwell": Wording(
        "Innbygger føler seg dårlig og er svimmel.",
        "Svimmelhet",
        "Snakket med innbygger til det gikk over. Skal drikke og hvile.",
        f"{_HOME} Målt blodtrykk og puls. Fulgt til sengs, fastlege kontaktes i morgen.",
        "Tilsyn og måling",
        0.7,
    ),
    "toilet": Wording(
        "Innbygger trenger hjelp på toalettet.",
        "Toalettbesøk",
        "Innbygger klarte seg selv etter samtale.",
        f"{_HOME} Hjulpet på toalettet og tilbake.",
        "Hjelp til toalettbesøk",
        0.55,
    ),
    "get_up": Wording(
        "Innbygger kommer seg ikke opp av stolen.",
        "Forflytning",
        "Veiledet innbygger, kom seg opp selv.",
        f"{_HOME} Hjulpet opp av stolen.",
        "Hjelp til forflytning",
        0.6,
    ),
    "anxious": Wording(
        "Innbygger er urolig og vil snakke med noen.",
        "Uro",
        "Rolig samtale, innbygger falt til ro.",
        f"{_HOME} Satt hos innbygger til uroen ga seg.",
        "Trygget",
        0.12,
    ),
    "pain": Wording(
        "Innbygger har smerter.",
        "Smerter",
        "Smerter som før. Har tatt smertestillende etter plan, ringer igjen ved behov.",
        f"{_HOME} Smertestillende gitt etter plan. Bedring.",
        "Smertelindring",
        0.35,
    ),
    "medicine_question": Wording(
        "Innbygger er usikker på om medisinen er tatt.",
        "Spørsmål om medisin",
        "Gikk gjennom dosetten sammen. Dosen er tatt.",
        f"{_HOME} Dosett kontrollert.",
        "Veiledning",
        0.08,
    ),
    "breathing": Wording(
        "Innbygger er tungpusten.",
        "Tung pust",
        "Pusten roet seg under samtalen.",
        f"{_HOME} Oksygenmetning målt, legevakt konferert. Fortsatt observasjon hjemme.",
        "Tilsyn og måling",
        0.85,
    ),
    "chest_pain": Wording(
        "Innbygger har brystsmerter.",
        "Brystsmerter",
        "113 varslet, ambulanse på vei.",
        "113 varslet. Hjemmetjenesten var hos innbygger til ambulansen kom.",
        "113 varslet",
        1.0,
    ),
    "practical": Wording(
        "Innbygger ber om praktisk hjelp.",
        "Praktisk spørsmål",
        "Beskjed gitt til dagvakten.",
        f"{_HOME} Ordnet på stedet.",
        "Beskjed videreformidlet",
        0.1,
    ),
    "night_up": Wording(
        "Varsel om at innbygger er oppe om natten.",
        "Oppe om natten",
        "Innbygger var på badet og har lagt seg igjen.",
        f"{_HOME} Fulgt tilbake til sengen.",
        "Tilsyn",
        0.15,
    ),
    "wandering": Wording(
        "Ytterdøra åpnet om natten.",
        "Uro og vandring",
        "Snakket innbygger inn igjen. Døra er lukket.",
        f"{_HOME} Fant innbygger ved porten og fulgte hjem.",
        "Fulgt hjem",
        0.5,
    ),
    "walk": Wording(
        "Innbygger har gått utenfor avtalt sone.",
        "På tur",
        "Fulgt i kartet til innbygger var tilbake i sonen.",
        f"{_HOME} Møtte innbygger og gikk følge hjem.",
        "Fulgt i kart",
        0.2,
    ),
    "lost": Wording(
        "Innbygger har gått seg bort.",
        "Finner ikke hjem",
        "Pårørende ringt, henter innbygger.",
        f"{_HOME} Funnet ved bussholdeplassen og kjørt hjem. Pårørende varslet.",
        "Hentet hjem",
        0.8,
    ),
    "seizure": Wording(
        "Innbygger har epileptisk anfall.",
        "Anfall",
        "Anfallet gikk over mens operatøren så til innbygger. Våken og orientert.",
        f"{_HOME} Var hos innbygger til anfallet var over. Anfallsmedisin gitt etter plan.",
        "Anfall fulgt opp",
        0.75,
    ),
    "fire": Wording(
        "Røyk i boligen.",
        "Brann",
        "110 varslet.",
        f"110 varslet. {_HOME} Innbygger er ute og uskadd.",
        "110 varslet",
        1.0,
    ),
    "forgot_dose": Wording(
        "Dosen er ikke tatt ut til avtalt tid.",
        "Glemt dose",
        "Ringt innbygger, som tok dosen mens vi snakket.",
        f"{_HOME} Dosen gitt av hjemmetjenesten.",
        "Dosen tatt",
        0.3,
    ),
    "asleep": Wording(
        "Påminnelsen er ikke besvart.",
        "Innbygger sov",
        "Vekket innbygger over telefon. Dosen er tatt.",
        f"{_HOME} Dosen gitt.",
        "Påminnet",
        0.2,
    ),
    "empty": Wording(
        "Dispenseren er tom.",
        "Tom for medisin",
        "Ny rull bestilt, legges i av dagvakten.",
        f"{_HOME} Ny rull lagt i, dosen gitt.",
        "Ny rull lagt i",
        0.8,
    ),
    "jammed": Wording(
        "Dispenseren melder feil ved rullen.",
        "Rull sitter fast",
        "Veiledet pårørende, rullen løsnet.",
        f"{_HOME} Rullen rettet opp, dosen gitt.",
        "Rull rettet opp",
        0.8,
    ),
}
#: Causes that are told of in one line, with the same answer whoever asks.
_PLAIN = {
    "not_confirmed": ("Uttaket er ikke bekreftet.", "Mangler bekreftelse", "Innbygger bekrefter at dosen er tatt."),
    "drawer_full": ("Skuffen er full av poser.", "Poser ikke hentet", "Gjennomgått med innbygger, følges opp."),
    "unreadable": ("Posen kan ikke leses.", "Skitten leser", "Leser tørket av, posen lest på nytt."),
    "refill": ("Det er snart tomt for medisin.", "Påfylling", "Ny rull er bestilt."),
    "refilled": ("Rullen er skiftet.", "Påfylling", "Skiftet ved ordinært besøk."),
    "no_schedule": ("Dispenseren har ingen tidsplan.", "Mangler tidsplan", "Tidsplan lagt inn på nytt."),
    "schedule_changed": ("Medisinplanen er endret.", "Endret plan", "Endringen er kontrollert av sykepleier."),
    "unplugged": ("Utstyret har ikke strøm.", "Støpsel ute", "Innbygger satte inn støpselet igjen."),
    "offline": ("Ingen kontakt med utstyret.", "Mistet dekning", "Kontakten kom tilbake av seg selv."),
    "opened": ("Dispenseren er åpnet.", "Åpnet ved besøk", "Åpnet av hjemmetjenesten."),
    "forced": ("Dispenseren er brutt opp.", "Brutt opp", "Innbygger prøvde å hente dosen for tidlig. Avvik meldt."),
    "misplaced": ("Dosetten står feil.", "Feilplassert dosett", "Innbygger satte dosetten på plass."),
    "activity": ("Bevegelse i rommet.", "Innbygger er oppe", "Innbygger er i vanlig aktivitet."),
    "inactive": ("Ingen bevegelse på lenge.", "Hviler", "Innbygger hvilte på sofaen, alt vel."),
    "long_stay": ("Lengre opphold enn vanlig.", "Langt toalettbesøk", "Innbygger svarte og har det bra."),
    "late_home": ("Ikke hjemme til avtalt tid.", "Forsinket", "Innbygger kom hjem litt senere enn avtalt."),
    "door_closed": ("Ytterdøra er lukket igjen.", "Kom inn igjen", "Innbygger er inne."),
    "back_in_bed": ("Innbygger har lagt seg igjen.", "I seng", "Innbygger er i seng."),
    "got_up": ("Innbygger har reist seg.", "Reiste seg", "Innbygger er påminnet om rullatoren og sitter igjen."),
    "restless_sleep": ("Varsel om anfall.", "Urolig søvn", "Ikke anfall. Innbygger sover."),
    "cooking": (
        "Røykvarsleren har løst ut.",
        "Matlaging",
        "Innbygger hadde svidd maten. Luftet, varsleren er tilbakestilt.",
    ),
    "tap_running": ("Vann på gulvet.", "Åpen kran", "Innbygger skrudde igjen kranen. Beskjed til dagvakten."),
    "calls_out": ("Høy lyd fra soverommet.", "Ropte i søvne", "Lyttet inn, innbygger sover igjen."),
    "lock_failed": ("Døra lot seg ikke åpne.", "Lås uten kontakt", "Åpnet fra responssenteret."),
    "left_unlocked": ("Døra står ulåst.", "Ikke låst etter besøk", "Låst fra responssenteret."),
    "failed_call": ("Anropet kom ikke fram.", "Brutt anrop", "Ringt tilbake, innbygger ville bare snakke."),
    "incontinence": ("Sengen er våt.", "Inkontinens", "Skiftet på."),
    "jam_reset": ("Dispenseren melder feil.", "Feil ved rull", "Startet på nytt, virker igjen."),
    "not_in_bed": ("Ikke i sengen ved planlagt tilsyn.", "På badet", "Nytt tilsyn etter ti minutter, ligger i sengen."),
    "lone": ("Varsel mottatt.", "Ukjent", "Snakket med innbygger, alt vel."),
}
WORDINGS.update(
    {
        cause: Wording(
            event,
            why,
            done,
            f"{_HOME} {done}",
            "Kontrollert",
            0.08,
            harmless=cause
            in {
                "refill",
                "refilled",
                "schedule_changed",
                "opened",
                "door_closed",
                "back_in_bed",
                "activity",
            },
        )
        for cause, (event, why, done) in _PLAIN.items()
    }
)


def wording(cause: str) -> Wording:
    """The words for a cause; an unknown one (a third party's device) is told of plainly."""
    return WORDINGS.get(cause, WORDINGS["lone"])
