"""The one door for files that somebody else made: regular, bounded, and of the kind they claim to be."""
