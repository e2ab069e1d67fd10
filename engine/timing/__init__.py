"""WHEN: date phrases, spans, working calendars, periods and ladder instants. Pure; knows no workflow file and reads no clock.

`stretches`, `periods` and `ladders` compute with days that are already read and need no grammar;
`phrases`, `instants` and `rhythms` read what an author wrote and load the grammar for it.
"""
