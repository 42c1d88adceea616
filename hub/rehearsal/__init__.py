"""The rehearsal: NHN's way of connecting a municipality as a guided course, with checks that the hub makes itself.

What a course consists of is data (`content/`); what follows from a municipality's progress is pure. The checks speak
to a running hub through the port in `surroundings`.
"""
