"""The frozen entities of a firm, one module for each subject."""
