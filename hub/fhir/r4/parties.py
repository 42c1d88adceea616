"""R4's resources for people, organisations, places and things, element by element."""

_GENDER = "male female other unknown"
_DAYS = "mon tue wed thu fri sat sun"

TABLES = {
    "Patient": f"""
        identifier              0..*  Identifier  @patient
        active                  0..1  boolean
        name                    0..*  HumanName
        telecom                 0..*  ContactPoint
        gender                  0..1  code{{{_GENDER}}}
        birthDate               0..1  date
        deceased[x]             0..1  boolean | dateTime
        address                 0..*  Address
        maritalStatus           0..1  CodeableConcept
        multipleBirth[x]        0..1  boolean | integer
        photo                   0..*  Attachment
        contact                 0..*
        contact.relationship    0..*  CodeableConcept
        contact.name            0..1  HumanName
        contact.telecom         0..*  ContactPoint
        contact.address         0..1  Address
        contact.gender          0..1  code{{{_GENDER}}}
        contact.organization    0..1  Reference(Organization)
        contact.period          0..1  Period
        communication           0..*
        communication.language  1..1  CodeableConcept
        communication.preferred 0..1  boolean
        generalPractitioner     0..*  Reference(Organization Practitioner PractitionerRole)
        managingOrganization    0..1  Reference(Organization)
        link                    0..*
        link.other              1..1  Reference(Patient RelatedPerson)
        link.type               1..1  code{{replaced-by replaces refer seealso}}
    """,
    "Device": """
        identifier                   0..*  Identifier
        definition                   0..1  Reference(DeviceDefinition)
        udiCarrier                   0..*
        udiCarrier.deviceIdentifier  0..1  string
        udiCarrier.issuer            0..1  uri
        udiCarrier.jurisdiction      0..1  uri
        udiCarrier.carrierAIDC       0..1  base64Binary
        udiCarrier.carrierHRF        0..1  string
        udiCarrier.entryType         0..1  code{barcode rfid manual card self-reported unknown}
        status                       0..1  code{active inactive entered-in-error unknown}
        statusReason                 0..*  CodeableConcept
        distinctIdentifier           0..1  string
        manufacturer                 0..1  string
        manufactureDate              0..1  dateTime
        expirationDate               0..1  dateTime
        lotNumber                    0..1  string
        serialNumber                 0..1  string
        deviceName                   0..*
        deviceName.name              1..1  string
        deviceName.type              1..1  code{udi-label-name user-friendly-name patient-reported-name
          + manufacturer-name model-name other}
        modelNumber                  0..1  string
        partNumber                   0..1  string
        type                         0..1  CodeableConcept
        specialization               0..*
        specialization.systemType    1..1  CodeableConcept
        specialization.version       0..1  string
        version                      0..*
        version.type                 0..1  CodeableConcept
        version.component            0..1  Identifier
        version.value                1..1  string
        property                     0..*
        property.type                1..1  CodeableConcept
        property.valueQuantity       0..*  Quantity
        property.valueCode           0..*  CodeableConcept
        patient                      0..1  Reference(Patient)  @patient
        owner                        0..1  Reference(Organization)
        contact                      0..*  ContactPoint
        location                     0..1  Reference(Location)
        url                          0..1  uri
        note                         0..*  Annotation
        safety                       0..*  CodeableConcept
        parent                       0..1  Reference(Device)
    """,
    "Practitioner": f"""
        identifier                0..*  Identifier
        active                    0..1  boolean
        name                      0..*  HumanName
        telecom                   0..*  ContactPoint
        address                   0..*  Address
        gender                    0..1  code{{{_GENDER}}}
        birthDate                 0..1  date
        photo                     0..*  Attachment
        qualification             0..*
        qualification.identifier  0..*  Identifier
        qualification.code        1..1  CodeableConcept
        qualification.period      0..1  Period
        qualification.issuer      0..1  Reference(Organization)
        communication             0..*  CodeableConcept
    """,
    "PractitionerRole": f"""
        identifier                        0..*  Identifier
        active                            0..1  boolean
        period                            0..1  Period
        practitioner                      0..1  Reference(Practitioner)
        organization                      0..1  Reference(Organization)
        code                              0..*  CodeableConcept
        specialty                         0..*  CodeableConcept
        location                          0..*  Reference(Location)
        healthcareService                 0..*  Reference(HealthcareService)
        telecom                           0..*  ContactPoint
        availableTime                     0..*
        availableTime.daysOfWeek          0..*  code{{{_DAYS}}}
        availableTime.allDay              0..1  boolean
        availableTime.availableStartTime  0..1  time
        availableTime.availableEndTime    0..1  time
        notAvailable                      0..*
        notAvailable.description          1..1  string
        notAvailable.during               0..1  Period
        availabilityExceptions            0..1  string
        endpoint                          0..*  Reference(Endpoint)
    """,
    "RelatedPerson": f"""
        identifier               0..*  Identifier
        active                   0..1  boolean
        patient                  1..1  Reference(Patient)  @patient
        relationship             0..*  CodeableConcept
        name                     0..*  HumanName
        telecom                  0..*  ContactPoint
        gender                   0..1  code{{{_GENDER}}}
        birthDate                0..1  date
        address                  0..*  Address
        photo                    0..*  Attachment
        period                   0..1  Period
        communication            0..*
        communication.language   1..1  CodeableConcept
        communication.preferred  0..1  boolean
    """,
    "Organization": """
        identifier       0..*  Identifier
        active           0..1  boolean
        type             0..*  CodeableConcept
        name             0..1  string
        alias            0..*  string
        telecom          0..*  ContactPoint
        address          0..*  Address
        partOf           0..1  Reference(Organization)
        contact          0..*
        contact.purpose  0..1  CodeableConcept
        contact.name     0..1  HumanName
        contact.telecom  0..*  ContactPoint
        contact.address  0..1  Address
        endpoint         0..*  Reference(Endpoint)
    """,
    "Location": f"""
        identifier                    0..*  Identifier
        status                        0..1  code{{active suspended inactive}}
        operationalStatus             0..1  Coding
        name                          0..1  string
        alias                         0..*  string
        description                   0..1  string
        mode                          0..1  code{{instance kind}}
        type                          0..*  CodeableConcept
        telecom                       0..*  ContactPoint
        address                       0..1  Address
        physicalType                  0..1  CodeableConcept
        position                      0..1
        position.longitude            1..1  decimal
        position.latitude             1..1  decimal
        position.altitude             0..1  decimal
        managingOrganization          0..1  Reference(Organization)
        partOf                        0..1  Reference(Location)
        hoursOfOperation              0..*
        hoursOfOperation.daysOfWeek   0..*  code{{{_DAYS}}}
        hoursOfOperation.allDay       0..1  boolean
        hoursOfOperation.openingTime  0..1  time
        hoursOfOperation.closingTime  0..1  time
        availabilityExceptions        0..1  string
        endpoint                      0..*  Reference(Endpoint)
    """,
    "Medication": """
        identifier            0..*  Identifier
        code                  0..1  CodeableConcept
        status                0..1  code{active inactive entered-in-error}
        manufacturer          0..1  Reference(Organization)
        form                  0..1  CodeableConcept
        amount                0..1  Ratio
        ingredient            0..*
        ingredient.item[x]    1..1  CodeableConcept | Reference(Substance Medication)
        ingredient.isActive   0..1  boolean
        ingredient.strength   0..1  Ratio
        batch                 0..1
        batch.lotNumber       0..1  string
        batch.expirationDate  0..1  dateTime
    """,
}
