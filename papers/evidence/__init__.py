"""The evidence map: what has been tried, by therapy class and setting, year or study design."""
