"""DO IT: load, decide, save - each operation one transaction, with `now` passed in."""
