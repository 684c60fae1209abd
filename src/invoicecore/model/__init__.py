"""The immutable entities of a firm, with their inputs, events and permissions, one module for each subject."""
