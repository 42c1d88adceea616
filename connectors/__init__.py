"""The connector SDK: say what happened in the field's words, and it is in the journal once.

    from connectors import Connector, MemoryTransport, SafetyAlarmRaised, patient

    async with Connector(MemoryTransport(), municipality="314159265", sender="Acme_Alarm_Testvik") as vft:
        told = await vft.tell(SafetyAlarmRaised(patient=patient(number), device="TA-17", number="A-1", at=now))
        report = await told.answered()

Everything for everyday work is here. What lies beneath (FHIR, transports, sign-in, spool) is in the modules.
"""

from connectors.codes import (
    AlertCode,
    DispenseKind,
    SectionCode,
    Severity,
    StepCode,
    SupervisionMode,
    SupervisionReason,
)
from connectors.connector import Connector, Told
from connectors.forwarded import ForwardedAlert
from connectors.measurements import (
    Measurement,
    blood_pressure,
    glucose,
    oxygen_saturation,
    pulse,
    respiration,
    temperature,
    weight,
)
from connectors.receipt import Receipt, Remark
from connectors.spool import Fate, Report
from connectors.transport import Journaling, Outgoing, Transport
from connectors.transport.memory import MemoryTransport
from connectors.words import (
    Acknowledged,
    AlertRaised,
    CalledOut,
    CallOutAccepted,
    Closed,
    Corrected,
    DispenseGiven,
    DispenseMissed,
    Event,
    Handled,
    MeasurementTaken,
    Retracted,
    SafetyAlarmRaised,
    Section,
    Step,
    SupervisionDone,
    TakenUp,
    Talked,
    patient,
)
from hub.model.person import PatientRef

__all__ = [
    "Acknowledged",
    "AlertCode",
    "AlertRaised",
    "CallOutAccepted",
    "CalledOut",
    "Closed",
    "Connector",
    "Corrected",
    "DispenseGiven",
    "DispenseKind",
    "DispenseMissed",
    "Event",
    "Fate",
    "ForwardedAlert",
    "Handled",
    "Journaling",
    "Measurement",
    "MeasurementTaken",
    "MemoryTransport",
    "Outgoing",
    "PatientRef",
    "Receipt",
    "Remark",
    "Report",
    "Retracted",
    "SafetyAlarmRaised",
    "Section",
    "SectionCode",
    "Severity",
    "Step",
    "StepCode",
    "SupervisionDone",
    "SupervisionMode",
    "SupervisionReason",
    "TakenUp",
    "Talked",
    "Told",
    "Transport",
    "blood_pressure",
    "glucose",
    "oxygen_saturation",
    "patient",
    "pulse",
    "respiration",
    "temperature",
    "weight",
]
