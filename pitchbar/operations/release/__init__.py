"""The release gate: what must be right before an installation is let on people."""
