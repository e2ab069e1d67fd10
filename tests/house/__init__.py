"""The rules of the house, held as tests."""
