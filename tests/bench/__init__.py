"""`make bench`: how long the engine takes, beside the plain driver doing the same reads and writes in the same run."""
