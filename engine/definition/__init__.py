"""WHAT: the workflow file - read, validate, check as a whole, compile, project onto the calendar, draw."""
