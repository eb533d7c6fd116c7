"""The folder of a run: its files, report, comparison and provenance."""
