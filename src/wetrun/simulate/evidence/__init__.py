"""What runs say: posteriors, intervals, conflicts, and how forecasts fared."""
