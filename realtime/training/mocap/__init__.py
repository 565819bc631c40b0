"""Motion capture of many makes into one form: paths of 25 points a person."""
