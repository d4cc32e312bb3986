"""The commands: one function each, a file a subject. Rooms are imported inside, so that `--help` stays quick."""
