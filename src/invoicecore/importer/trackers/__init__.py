"""The exports of trackers, one module for each tracker."""
