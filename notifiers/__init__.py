"""How do we tell them: one file a channel. This room knows nothing of the engine."""
