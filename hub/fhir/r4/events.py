"""R4's resources that tell of something that happened, element by element."""

_OBSERVATION_STATUS = "registered preliminary final amended corrected cancelled entered-in-error unknown"
_ENCOUNTER_STATUS = (
    "planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown"  # R4's nine
)
_ANYBODY = "Practitioner PractitionerRole Device Patient RelatedPerson Organization"
_VALUES = (
    "Quantity | CodeableConcept | string | boolean | integer | Range | Ratio | SampledData | time | dateTime | Period"
)

TABLES = {
    "DetectedIssue": f"""
        identifier                  0..*  Identifier
        status                      1..1  code{{{_OBSERVATION_STATUS}}}
        code                        0..1  CodeableConcept
        severity                    0..1  code{{high moderate low}}
        patient                     0..1  Reference(Patient)  @patient
        identified[x]               0..1  dateTime | Period  @time
        author                      0..1  Reference(Practitioner PractitionerRole Device)
        implicated                  0..*  Reference()
        evidence                    0..*
        evidence.code               0..*  CodeableConcept
        evidence.detail             0..*  Reference()
        detail                      0..1  string
        reference                   0..1  uri
        mitigation                  0..*
        mitigation.action           1..1  CodeableConcept
        mitigation.date             0..1  dateTime  @time
        mitigation.author           0..1  Reference(Practitioner PractitionerRole)
    """,
    "Observation": f"""
        identifier                  0..*  Identifier
        basedOn                     0..*  Reference()
        partOf                      0..*  Reference()
        status                      1..1  code{{{_OBSERVATION_STATUS}}}
        category                    0..*  CodeableConcept
        code                        1..1  CodeableConcept
        subject                     0..1  Reference(Patient Group Device Location)  @patient
        focus                       0..*  Reference()
        encounter                   0..1  Reference(Encounter)
        effective[x]                0..1  dateTime | Period | Timing | instant  @time
        issued                      0..1  instant  @time
        performer                   0..*  Reference(Practitioner PractitionerRole Organization CareTeam Patient
          + RelatedPerson)
        value[x]                    0..1  {_VALUES}
        dataAbsentReason            0..1  CodeableConcept
        interpretation              0..*  CodeableConcept
        note                        0..*  Annotation
        bodySite                    0..1  CodeableConcept
        method                      0..1  CodeableConcept
        specimen                    0..1  Reference(Specimen)
        device                      0..1  Reference(Device DeviceMetric)
        referenceRange              0..*
        referenceRange.low          0..1  Quantity
        referenceRange.high         0..1  Quantity
        referenceRange.type         0..1  CodeableConcept
        referenceRange.appliesTo    0..*  CodeableConcept
        referenceRange.age          0..1  Range
        referenceRange.text         0..1  string
        hasMember                   0..*  Reference(Observation QuestionnaireResponse MolecularSequence)
        derivedFrom                 0..*  Reference()
        component                   0..*
        component.code              1..1  CodeableConcept
        component.value[x]          0..1  {_VALUES}
        component.dataAbsentReason  0..1  CodeableConcept
        component.interpretation    0..*  CodeableConcept
        component.referenceRange    0..*  #referenceRange
    """,
    "Encounter": f"""
        identifier                              0..*  Identifier
        status                                  1..1  code{{{_ENCOUNTER_STATUS}}}
        statusHistory                           0..*
        statusHistory.status                    1..1  code{{{_ENCOUNTER_STATUS}}}
        statusHistory.period                    1..1  Period  @time
        class                                   1..1  Coding
        classHistory                            0..*
        classHistory.class                      1..1  Coding
        classHistory.period                     1..1  Period  @time
        type                                    0..*  CodeableConcept
        serviceType                             0..1  CodeableConcept
        priority                                0..1  CodeableConcept
        subject                                 0..1  Reference(Patient Group)  @patient
        episodeOfCare                           0..*  Reference(EpisodeOfCare)
        basedOn                                 0..*  Reference(ServiceRequest)
        participant                             0..*
        participant.type                        0..*  CodeableConcept
        participant.period                      0..1  Period  @time
        participant.individual                  0..1  Reference(Practitioner PractitionerRole RelatedPerson)
        appointment                             0..*  Reference(Appointment)
        period                                  0..1  Period  @time
        length                                  0..1  Duration
        reasonCode                              0..*  CodeableConcept
        reasonReference                         0..*  Reference(Condition Procedure Observation
          + ImmunizationRecommendation)
        diagnosis                               0..*
        diagnosis.condition                     1..1  Reference(Condition Procedure)
        diagnosis.use                           0..1  CodeableConcept
        diagnosis.rank                          0..1  positiveInt
        account                                 0..*  Reference(Account)
        hospitalization                         0..1
        hospitalization.preAdmissionIdentifier  0..1  Identifier
        hospitalization.origin                  0..1  Reference(Location Organization)
        hospitalization.admitSource             0..1  CodeableConcept
        hospitalization.reAdmission             0..1  CodeableConcept
        hospitalization.dietPreference          0..*  CodeableConcept
        hospitalization.specialCourtesy         0..*  CodeableConcept
        hospitalization.specialArrangement      0..*  CodeableConcept
        hospitalization.destination             0..1  Reference(Location Organization)
        hospitalization.dischargeDisposition    0..1  CodeableConcept
        location                                0..*
        location.location                       1..1  Reference(Location)
        location.status                         0..1  code{{planned active reserved completed}}
        location.physicalType                   0..1  CodeableConcept
        location.period                         0..1  Period  @time
        serviceProvider                         0..1  Reference(Organization)
        partOf                                  0..1  Reference(Encounter)
    """,
    "MedicationDispense": """
        identifier                     0..*  Identifier
        partOf                         0..*  Reference(Procedure)
        status                         1..1  code{preparation in-progress cancelled on-hold completed entered-in-error
          + stopped declined unknown}
        statusReason[x]                0..1  CodeableConcept | Reference(DetectedIssue)
        category                       0..1  CodeableConcept
        medication[x]                  1..1  CodeableConcept | Reference(Medication)
        subject                        0..1  Reference(Patient Group)  @patient
        context                        0..1  Reference(Encounter EpisodeOfCare)
        supportingInformation          0..*  Reference()
        performer                      0..*
        performer.function             0..1  CodeableConcept
        performer.actor                1..1  Reference(Practitioner PractitionerRole Organization Patient Device
          + RelatedPerson)
        location                       0..1  Reference(Location)
        authorizingPrescription        0..*  Reference(MedicationRequest)
        type                           0..1  CodeableConcept
        quantity                       0..1  Quantity
        daysSupply                     0..1  Quantity
        whenPrepared                   0..1  dateTime  @time
        whenHandedOver                 0..1  dateTime  @time
        destination                    0..1  Reference(Location)
        receiver                       0..*  Reference(Patient Practitioner)
        note                           0..*  Annotation
        dosageInstruction              0..*  Dosage
        substitution                   0..1
        substitution.wasSubstituted    1..1  boolean
        substitution.type              0..1  CodeableConcept
        substitution.reason            0..*  CodeableConcept
        substitution.responsibleParty  0..*  Reference(Practitioner PractitionerRole)
        detectedIssue                  0..*  Reference(DetectedIssue)
        eventHistory                   0..*  Reference(Provenance)
    """,
    "Composition": f"""
        identifier            0..1  Identifier
        status                1..1  code{{preliminary final amended entered-in-error}}
        type                  1..1  CodeableConcept
        category              0..*  CodeableConcept
        subject               0..1  Reference()  @patient
        encounter             0..1  Reference(Encounter)
        date                  1..1  dateTime  @time
        author                1..*  Reference({_ANYBODY})
        title                 1..1  string
        confidentiality       0..1  code
        attester              0..*
        attester.mode         1..1  code{{personal professional legal official}}
        attester.time         0..1  dateTime  @time
        attester.party        0..1  Reference(Patient RelatedPerson Practitioner PractitionerRole Organization)
        custodian             0..1  Reference(Organization)
        relatesTo             0..*
        relatesTo.code        1..1  code{{replaces transforms signs appends}}
        relatesTo.target[x]   1..1  Identifier | Reference(Composition)
        event                 0..*
        event.code            0..*  CodeableConcept
        event.period          0..1  Period  @time
        event.detail          0..*  Reference()
        section               0..*
        section.title         0..1  string
        section.code          0..1  CodeableConcept
        section.author        0..*  Reference({_ANYBODY})
        section.focus         0..1  Reference()
        section.text          0..1  Narrative
        section.mode          0..1  code{{working snapshot changes}}
        section.orderedBy     0..1  CodeableConcept
        section.entry         0..*  Reference()
        section.emptyReason   0..1  CodeableConcept
        section.section       0..*  #section
    """,
    "QuestionnaireResponse": f"""
        identifier            0..1  Identifier
        basedOn               0..*  Reference(CarePlan ServiceRequest)
        partOf                0..*  Reference(Observation Procedure)
        questionnaire         0..1  canonical
        status                1..1  code{{in-progress completed amended entered-in-error stopped}}
        subject               0..1  Reference()  @patient
        encounter             0..1  Reference(Encounter)
        authored              0..1  dateTime  @time
        author                0..1  Reference({_ANYBODY})
        source                0..1  Reference(Patient Practitioner PractitionerRole RelatedPerson)
        item                  0..*
        item.linkId           1..1  string
        item.definition       0..1  uri
        item.text             0..1  string
        item.answer           0..*
        item.answer.value[x]  0..1  boolean | decimal | integer | date | dateTime | time | string | uri | Attachment |
          + Coding | Quantity | Reference()
        item.answer.item      0..*  #item
        item.item             0..*  #item
    """,
    "Communication": """
        identifier             0..*  Identifier
        instantiatesCanonical  0..*  canonical
        instantiatesUri        0..*  uri
        basedOn                0..*  Reference()
        partOf                 0..*  Reference()
        inResponseTo           0..*  Reference(Communication)
        status                 1..1  code{preparation in-progress not-done on-hold stopped completed entered-in-error
          + unknown}
        statusReason           0..1  CodeableConcept
        category               0..*  CodeableConcept
        priority               0..1  code{routine urgent asap stat}
        medium                 0..*  CodeableConcept
        subject                0..1  Reference(Patient Group)  @patient
        topic                  0..1  CodeableConcept
        about                  0..*  Reference()
        encounter              0..1  Reference(Encounter)
        sent                   0..1  dateTime  @time
        received               0..1  dateTime  @time
        recipient              0..*  Reference()
        sender                 0..1  Reference()
        reasonCode             0..*  CodeableConcept
        reasonReference        0..*  Reference(Condition Observation DiagnosticReport DocumentReference)
        payload                0..*
        payload.content[x]     1..1  string | Attachment | Reference()
        note                   0..*  Annotation
    """,
}
