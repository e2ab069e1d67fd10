"""WHO: units, levels, the tree they form, and who holds which post on a day. Pure: no clock, no files, no database."""
