"""Backups of the database: made, kept, brought back, and tried whether they can be."""
