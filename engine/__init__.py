"""The engine of `campaign`: a declarative workflow engine for long campaigns through large organisations."""
