"""The commands of `alliances`, one file per family. Each imports what it needs when it is called: `--help` is fast."""
