"""The pages of the application, one module for each subject of the firm."""
