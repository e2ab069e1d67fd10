"""Tests of the room of the store."""
