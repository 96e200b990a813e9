"""Changes of the tables, oldest first; imported only when a database is behind."""
