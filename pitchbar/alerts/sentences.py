"""Rules and alerts in a person's words."""

from datetime import timedelta

from pitchbar.alerts.judging import Verdict
from pitchbar.alerts.kinds import Kind, find_kind
from pitchbar.alerts.ruled import Ruled


def window_words(minutes: int) -> str:
    """60 as "an hour", 90 as "90 minutes", 1440 as "24 hours", 10080 as "7 days"."""
    if minutes == 60:
        return "an hour"
    if minutes < 60 or minutes % 60:
        return f"{minutes} minutes"
    hours = minutes // 60
    return f"{hours // 24} days" if hours % 24 == 0 and hours > 24 else f"{hours} hours"


def rule_sentence(kind: Kind, rule: Ruled) -> str:
    """Without its subject: "More than 100 scans in an hour"."""
    threshold = f"{rule.threshold:,}" if rule.threshold is not None else ""
    return kind.sentence.format(threshold=threshold, window=window_words(rule.window_minutes or 60))


def describe_rule(kind_key: str, rule: Ruled) -> str:
    kind = find_kind(kind_key)
    return rule_sentence(kind, rule) if kind else "An alert of another release"


def measured_detail(kind: Kind, rule: Ruled, verdict: Verdict) -> str:
    """What was counted, and what it is held against."""
    window = window_words(rule.window_minutes or 60)
    scans = _scans(verdict.value)
    if kind.key == "silence":
        return f"The last scan was more than {window} ago."
    if kind.compares and verdict.expected is not None:
        usual = round(verdict.expected)
        return f"{scans} in {window}. Usual at this time of the week: {usual:,}."
    return f"{scans} in {window}."


def lasted(span: timedelta) -> str:
    """How long an alert was open: "4 min", "3 h", "2 days"."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return f"{max(1, minutes)} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // 1440} days"


def _scans(count: int) -> str:
    return "1 scan" if count == 1 else f"{count:,} scans" if count else "No scan"
