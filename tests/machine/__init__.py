"""Tests of the room of the machine."""
