"""Days without leading zeros and with room around the numbers, as in every other Chinese line of the site."""

DATE_FORMAT = "Y 年 n 月 j 日"
MONTH_DAY_FORMAT = "n 月 j 日"
