"""The lab: worlds in a browser, with sliders. Only the command `alliances lab` and notebooks import it."""
