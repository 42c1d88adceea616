"""The addresses of profiles and value sets, as published (they don't all follow one pattern)."""

_VKP = "http://ehelse.no/fhir/StructureDefinition/vkp-{}-v090"
_VALUES = "http://ehelse.no/fhir/ValueSet/vkp-{}-v090"
_R4 = "http://hl7.org/fhir/StructureDefinition/{}"
_NO_VITALS = "http://hl7.no/fhir/ValueSet/no-domain-vitalsignsobservation-bloodpressure-{}"

CAREPLAN = _VKP.format("CarePlan")
COMPOSITION = _VKP.format("Composition")
DETECTED_ISSUE = _VKP.format("DetectedIssue")
DIGITAL_ENCOUNTER = _VKP.format("digital-Encounter")
ENCOUNTER = _VKP.format("Encounter")
MEDICATION_DISPENSE = _VKP.format("MedicationDispense")
MESSAGE_HEADER = _VKP.format("MessageHeader")
OBSERVATION = _VKP.format("Observation")
PATIENT = _VKP.format("Patient")
ADDRESS = _VKP.format("Address")
QUESTIONNAIRE_RESPONSE = "http://ehelse.no/fhir/StructureDefinition/vkp-QuestionnaireReponse-v090"  # as published
BLOOD_PRESSURE = _VKP.format("Observation-Bloodpressure")
BODY_TEMPERATURE = "http://hl7.no/fhir/StructureDefinition/vkp-Observation-Bodytemp-v090"
BODY_WEIGHT = "http://hl7.no/fhir/StructureDefinition/vkp-Observation-Bodyweight-v090"
HEART_RATE = "http://hl7.no/fhir/StructureDefinition/vkp-Observation-Heartrate-v090"
OXYGEN_SATURATION = "http://hl7.no/fhir/StructureDefinition/vkp-Observation-Oxygensat-v090"

ADDITIONAL_LOCATOR = _R4.format("iso21090-ADXP-additionalLocator")
ANNOTATION = _VKP.format("annotation")
DETAIL_HEADER = _VKP.format("detailheader")
DEVICE_REFERENCE = _VKP.format("deviceReference")
DISPLAY = _R4.format("display")
DISPLAY_URL = _VKP.format("displayURL")
ELOCK = _VKP.format("elock")
ENCOUNTER_DEVICE = _VKP.format("encounterDevice")
HOUSEHOLD = _VKP.format("household")
MEDICATION_DISPENSE_DEVICE = (
    "http://ehelse.no/fhir/StructureDefinition/VkpMedicationDispenseDevice-v090"  # as published
)
SEVERITY_LEVEL = _VKP.format("severity-level")
SONE = _VKP.format("sone")

R4_BLOOD_PRESSURE = _R4.format("bp")
R4_BODY_TEMPERATURE = _R4.format("bodytemp")
R4_BODY_WEIGHT = _R4.format("bodyweight")
R4_HEART_RATE = _R4.format("heartrate")
R4_OXYGEN_SATURATION = _R4.format("oxygensat")
R4_VITAL_SIGNS = _R4.format("vitalsigns")

ALERT_CODE_VALUES = _VALUES.format("alert-code")
CAREPLAN_CATEGORY_VALUES = _VALUES.format("careplan-category")
COMPOSITION_CATEGORY_VALUES = _VALUES.format("composition-category")
COMPOSITION_EVENT_VALUES = _VALUES.format("composition-event")
COMPOSITION_SECTION_VALUES = _VALUES.format("composition-section")
ENCOUNTER_CLASS_VALUES = _VALUES.format("encounter-class")
ENCOUNTER_MODE_VALUES = _VALUES.format("encounter-mode")
ENCOUNTER_REASON_VALUES = _VALUES.format("encounter-reason")
MEDICATIONDISPENSE_EVENTS_VALUES = _VALUES.format("medicationdispense-events")
MEDICATIONDISPENSE_STATUS_VALUES = _VALUES.format("medicationdispense-message-status")
MESSAGE_EVENT_VALUES = _VALUES.format("message-event")
SEVERITY_LEVEL_VALUES = _VALUES.format("severity-level")

# Named by profiles and never published: what binds to them is not checked.
ACT_CODE_VALUES = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
BODY_SITE_VALUES = _NO_VITALS.format("bodysitevalueset")
ENCOUNTER_TYPE_VALUES = _VALUES.format("encounter-type")
METHOD_VALUES = _NO_VITALS.format("measurementmethodvalueSet")
PERFORMER_IDENTIFIERS = "http://ehelse.no/fhir/ValueSet/vkp-performer-identifiers.valueset"
SUBJECT_IDENTIFIERS = "http://ehelse.no/fhir/ValueSet/vkp-subject-identifiers.valueset"
