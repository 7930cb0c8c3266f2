"""Short English days: 25 Nov, 25 Nov 09:30."""

DATE_FORMAT = "j M Y"
MONTH_DAY_FORMAT = "j M"
SHORT_DATETIME_FORMAT = "j M H:i"
