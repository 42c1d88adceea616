"""R4's resources that hold or plan others: Bundle, MessageHeader and CarePlan, element by element."""

_CARE_STATUS = "not-started scheduled in-progress on-hold completed cancelled stopped unknown entered-in-error"
_BUNDLE_TYPE = "document message transaction transaction-response batch batch-response history searchset collection"

TABLES = {
    "Bundle": f"""
        identifier                     0..1  Identifier
        type                           1..1  code{{{_BUNDLE_TYPE}}}
        timestamp                      0..1  instant  @time
        total                          0..1  unsignedInt
        link                           0..*
        link.relation                  1..1  string
        link.url                       1..1  uri
        entry                          0..*
        entry.link                     0..*  #link
        entry.fullUrl                  0..1  uri
        entry.resource                 0..1  Resource
        entry.search                   0..1
        entry.search.mode              0..1  code{{match include outcome}}
        entry.search.score             0..1  decimal
        entry.request                  0..1
        entry.request.method           1..1  code{{GET HEAD POST PUT DELETE PATCH}}
        entry.request.url              1..1  uri
        entry.request.ifNoneMatch      0..1  string
        entry.request.ifModifiedSince  0..1  instant
        entry.request.ifMatch          0..1  string
        entry.request.ifNoneExist      0..1  string
        entry.response                 0..1
        entry.response.status          1..1  string
        entry.response.location        0..1  uri
        entry.response.etag            0..1  string
        entry.response.lastModified    0..1  instant
        entry.response.outcome         0..1  Contained
        signature                      0..1  Signature
    """,
    "MessageHeader": """
        event[x]              1..1  Coding | uri
        destination           0..*
        destination.name      0..1  string
        destination.target    0..1  Reference(Device)
        destination.endpoint  1..1  url
        destination.receiver  0..1  Reference(Practitioner PractitionerRole Organization)
        sender                0..1  Reference(Practitioner PractitionerRole Organization)
        enterer               0..1  Reference(Practitioner PractitionerRole)
        author                0..1  Reference(Practitioner PractitionerRole)
        source                1..1
        source.name           0..1  string
        source.software       0..1  string
        source.version        0..1  string
        source.contact        0..1  ContactPoint
        source.endpoint       1..1  url
        responsible           0..1  Reference(Practitioner PractitionerRole Organization)
        reason                0..1  CodeableConcept
        response              0..1
        response.identifier   1..1  id
        response.code         1..1  code{ok transient-error fatal-error}
        response.details      0..1  Reference(OperationOutcome)
        focus                 0..*  Reference()
        definition            0..1  canonical
    """,
    "CarePlan": f"""
        identifier                             0..*  Identifier
        instantiatesCanonical                  0..*  canonical
        instantiatesUri                        0..*  uri
        basedOn                                0..*  Reference(CarePlan)
        replaces                               0..*  Reference(CarePlan)
        partOf                                 0..*  Reference(CarePlan)
        status                                 1..1  code{{draft active on-hold revoked completed entered-in-error
          + unknown}}
        intent                                 1..1  code{{proposal plan order option}}
        category                               0..*  CodeableConcept
        title                                  0..1  string
        description                            0..1  string
        subject                                1..1  Reference(Patient Group)  @patient
        encounter                              0..1  Reference(Encounter)
        period                                 0..1  Period
        created                                0..1  dateTime  @time
        author                                 0..1  Reference()
        contributor                            0..*  Reference()
        careTeam                               0..*  Reference(CareTeam)
        addresses                              0..*  Reference(Condition)
        supportingInfo                         0..*  Reference()
        goal                                   0..*  Reference(Goal)
        activity                               0..*
        activity.outcomeCodeableConcept        0..*  CodeableConcept
        activity.outcomeReference              0..*  Reference()
        activity.progress                      0..*  Annotation
        activity.reference                     0..1  Reference()
        activity.detail                        0..1
        activity.detail.kind                   0..1  code{{Appointment CommunicationRequest DeviceRequest
          + MedicationRequest NutritionOrder Task ServiceRequest VisionPrescription}}
        activity.detail.instantiatesCanonical  0..*  canonical
        activity.detail.instantiatesUri        0..*  uri
        activity.detail.code                   0..1  CodeableConcept
        activity.detail.reasonCode             0..*  CodeableConcept
        activity.detail.reasonReference        0..*  Reference()
        activity.detail.goal                   0..*  Reference(Goal)
        activity.detail.status                 1..1  code{{{_CARE_STATUS}}}
        activity.detail.statusReason           0..1  CodeableConcept
        activity.detail.doNotPerform           0..1  boolean
        activity.detail.scheduled[x]           0..1  Timing | Period | string
        activity.detail.location               0..1  Reference(Location)
        activity.detail.performer              0..*  Reference()
        activity.detail.product[x]             0..1  CodeableConcept | Reference(Medication Substance)
        activity.detail.dailyAmount            0..1  Quantity
        activity.detail.quantity               0..1  Quantity
        activity.detail.description            0..1  string
        note                                   0..*  Annotation
    """,
}
