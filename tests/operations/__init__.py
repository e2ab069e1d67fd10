"""Tests of what the program does."""
