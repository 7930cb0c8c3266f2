"""Short English days: 25 Nov, 25 Nov 2026."""

DATE_FORMAT = "j M Y"
MONTH_DAY_FORMAT = "j M"
