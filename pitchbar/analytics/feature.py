"""Analytics: what scans and conversions add up to, by everything that is known of them."""

from pitchbar.core.features import Feature

FEATURE = Feature(requires=("scans", "conversions"))
