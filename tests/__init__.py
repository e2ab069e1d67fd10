"""The tests of the house, one folder for each room."""
