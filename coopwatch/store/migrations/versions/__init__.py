"""The steps from an empty database to the newest tables, one file a step."""
