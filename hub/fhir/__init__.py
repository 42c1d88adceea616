"""Reading and checking of FHIR R4 messages; the only importer of fhir.resources."""
