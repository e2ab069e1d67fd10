"""Tests of the room IS IT SO: ranges, readers of documents, checks, the vault."""
