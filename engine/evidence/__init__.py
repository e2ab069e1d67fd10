"""IS IT SO: readers of documents, what can be counted in them, and the checks on what was found."""
