"""Excel and CSV in and out: rosters that people write, and tables that they take away."""
