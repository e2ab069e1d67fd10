"""WHAT DO WE REMEMBER: tables, migrations, statements and read-side queries. SQLAlchemy lives here and nowhere else."""
