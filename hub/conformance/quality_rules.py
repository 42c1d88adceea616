"""The rules of the quality scale, as data: what each tier asks for, and what decides it."""

from __future__ import annotations

from dataclasses import dataclass

from hub.conformance.requirement import PLANS, Grade, Level
from hub.conformance.results import Result
from hub.conformance.verdicts import both
from hub.model.language import Text

TIERS = ("none", "bronze", "silver", "gold", "platinum")
_CONNECTOR = ("connector",)
_ENDURANCE = ("delivery.durability.*",)


@dataclass(frozen=True, slots=True)
class ByTests:
    """Met when the chosen tests passed: at least one for each pattern, and no other result than those let through.

    Tests are chosen by `patterns` of their ids but not by `apart`, and by `level` and `grade` where they are given.
    Results in `let_through` don't count; neither does a test that doesn't apply to the system.
    """

    patterns: tuple[str, ...] = ("*",)
    apart: tuple[str, ...] = ()
    level: Level | None = None
    grade: Grade | None = None
    let_through: frozenset[Result] = frozenset()


@dataclass(frozen=True, slots=True)
class ByDeclaration:
    """Met when the vendor says so. `asks` is what the declaration must tell."""

    id: str
    asks: Text


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a tier, and the plans that it is of."""

    id: str
    tier: str
    title: Text
    decided_by: ByTests | ByDeclaration
    plans: tuple[str, ...] = PLANS


_UNTRIED = frozenset({Result.SKIP, Result.WAIT})
_WAITING = frozenset({Result.WAIT})


def _declared(tier: str, name: str, title: Text, asks: Text) -> Rule:
    return Rule(f"{tier}-{name}", tier, title, ByDeclaration(name, asks))


def _messages(*groups: str) -> tuple[str, ...]:
    return tuple(f"messages.{group}.*" for group in groups)


RULES = (
    Rule(
        "bronze-grave",
        "bronze",
        both("Ingen prøve av krav med grad A feilet", "No test of a requirement of grade A failed"),
        ByTests(level=Level.MUST, grade=Grade.A, let_through=_UNTRIED),
    ),
    Rule(
        "bronze-must",
        "bronze",
        both("Ingen prøve av må-krav feilet", "No test of a requirement that must be met failed"),
        ByTests(level=Level.MUST, let_through=_UNTRIED),
    ),
    Rule(
        "bronze-own-messages",
        "bronze",
        both("Produktets egne meldinger blir forstått", "The product's own messages are understood"),
        ByTests(("product.own.*",), let_through=_UNTRIED),
        _CONNECTOR,
    ),
    Rule(
        "silver-must",
        "silver",
        both("Alle må-krav er prøvd og bestått", "Every requirement that must be met was tested and passed"),
        ByTests(apart=_ENDURANCE, level=Level.MUST, let_through=_WAITING),
    ),
    Rule(
        "silver-once-and-in-order",
        "silver",
        both(
            "Hendelser kommer én gang, i rekkefølge, og kan rettes og trekkes tilbake",
            "Events arrive once, in order, and can be amended and retracted",
        ),
        ByTests(_messages("identity", "order", "amendment", "retraction"), level=Level.MUST, let_through=_WAITING),
        _CONNECTOR,
    ),
    Rule(
        "silver-sign-in",
        "silver",
        both("Innlogging og sertifikater tåler alle feil", "Sign-in and certificates stand every fault"),
        ByTests(("signin.*",), level=Level.MUST, let_through=_WAITING),
        _CONNECTOR,
    ),
    Rule(
        "silver-privacy",
        "silver",
        both("Fødselsnumre vises ikke der de ikke skal", "Identity numbers are not where they must not be"),
        ByTests(("privacy.*",), level=Level.MUST, let_through=_WAITING),
        _CONNECTOR,
    ),
    _declared(
        "silver",
        "support-contact",
        both("Det finnes en kontakt for hjelp", "There is a contact for support"),
        both("Hvem kan spørres om hjelp, når, og hvordan?", "Who can be asked for help, when, and how?"),
    ),
    _declared(
        "silver",
        "identity-numbers",
        both("Det er sagt hvordan fødselsnumre håndteres", "It is said how identity numbers are handled"),
        both(
            "Hvor er fødselsnumre i systemet, hvem ser dem, og når slettes de?",
            "Where are identity numbers in the system, who sees them, and when are they deleted?",
        ),
    ),
    Rule(
        "gold-should",
        "gold",
        both("Alle bør-krav er prøvd og bestått", "Every requirement that should be met was tested and passed"),
        ByTests(apart=_ENDURANCE, level=Level.SHOULD),
    ),
    Rule(
        "gold-two-ways",
        "gold",
        both("Både MQTT og JFT er prøvd", "Both MQTT and JFT were tried"),
        ByTests(("*.mqtt", "*.jft"), apart=_ENDURANCE, level=Level.MUST),
        _CONNECTOR,
    ),
    Rule(
        "gold-migration",
        "gold",
        both("Overgangen fra VKP til JFT er prøvd", "The migration from VKP to JFT was tried"),
        ByTests(_messages("strictness")),
        _CONNECTOR,
    ),
    Rule(
        "gold-heartbeat",
        "gold",
        both("Taust utstyr blir oppdaget", "Silent devices are noticed"),
        ByTests(("devices.heartbeat.*",)),
        _CONNECTOR,
    ),
    _declared(
        "gold",
        "downtime-routine",
        both("Det finnes en rutine for nedetid", "There is a routine for downtime"),
        both(
            "Hva gjør dere og brukerne når systemet eller knutepunktet er nede?",
            "What do you and the users do when the system or the hub is down?",
        ),
    ),
    _declared(
        "gold",
        "user-documentation",
        both("Det finnes dokumentasjon for brukerne", "There is documentation for the users"),
        both("Hvor er den, og for hvilken utgave?", "Where is it, and for which version?"),
    ),
    _declared(
        "gold",
        "risk-assessment",
        both("Risikovurdering (ROS) er gjort", "A risk assessment (ROS) was made"),
        both("Når ble den gjort, og av hvem?", "When was it made, and by whom?"),
    ),
    _declared(
        "gold",
        "privacy-assessment",
        both("Vurdering av personvernkonsekvenser (DPIA) er gjort", "A data protection assessment (DPIA) was made"),
        both("Når ble den gjort, og av hvem?", "When was it made, and by whom?"),
    ),
    _declared(
        "gold",
        "key-renewal",
        both("Det finnes en rutine for å fornye nøkler", "There is a routine for renewing keys"),
        both(
            "Hvem fornyer nøkler og sertifikater, hvor ofte, og hva gjør dere når en nøkkel er på avveie?",
            "Who renews keys and certificates, how often, and what do you do when a key is lost?",
        ),
    ),
    Rule(
        "platinum-durability",
        "platinum",
        both("Ingenting går tapt når systemet blir drept", "Nothing is lost when the system is killed"),
        ByTests(_ENDURANCE),
        _CONNECTOR,
    ),
    _declared(
        "platinum",
        "penetration-test",
        both("Penetrasjonstest er gjort det siste året", "A penetration test was made within a year"),
        both("Når, av hvem, og er funnene rettet?", "When, by whom, and are the findings fixed?"),
    ),
    _declared(
        "platinum",
        "accessibility",
        both("Det finnes en tilgjengelighetserklæring (WCAG)", "There is an accessibility declaration (WCAG)"),
        both("Hvor er den, og hvilket nivå gjelder den?", "Where is it, and for which level?"),
    ),
    _declared(
        "platinum",
        "automatic-tests",
        both(
            "Streng typekontroll og automatiske prøver kjøres ved hver endring",
            "Strict typing and automatic tests run at every change",
        ),
        both("Hva kjøres, og hvor ser man det?", "What is run, and where can it be seen?"),
    ),
    _declared(
        "platinum",
        "service-level",
        both("Det er avtalt et tjenestenivå", "A service level is agreed"),
        both(
            "Hvilken oppetid og hvilke svartider lover dere, og hvordan måles de?",
            "What availability and response times do you promise, and how are they measured?",
        ),
    ),
)
DECLARATIONS = {rule.decided_by.id: rule for rule in RULES if isinstance(rule.decided_by, ByDeclaration)}
