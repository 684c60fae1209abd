"""The immutable entities of a firm, one module for each subject."""
