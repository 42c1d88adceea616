"""R4's own elements for the data types and resources that the hub reads, as tables.

One line is one element: its path, how many (`0..1`, `1..*`), and its type. A type can be several, divided by `|`;
`Reference(Patient Device)` names what may be referred to; `code{a b}` lists the codes of a required binding.
A line without type is a group of elements. `@time` marks the times that tell when something happened, which must
be believable; `@patient` marks who the patient is. Source: HL7 FHIR R4 (4.0.1).
"""
