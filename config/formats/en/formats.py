"""English times are of 24 hours, in tables of one width: `Nov. 22, 2026, 18:05`."""

DATETIME_FORMAT = "N j, Y, H:i"
TIME_FORMAT = "H:i"
SHORT_DATETIME_FORMAT = "m/d/Y H:i"
