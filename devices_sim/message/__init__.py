"""FHIR as the senders write it: plain templates, one file per resource. Source: VKP R4 profiles v0.9.0."""
