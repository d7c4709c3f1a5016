"""What can be measured of labelled data: duplicates, variety, the own corpus's rules."""
