"""Why the sources were quoted although there is a model, in words for who set it up."""

_WHY = {
    "no_connection": "nothing answers at its address",
    "slow_start": "it did not begin to answer in time",
    "stalled": "it stopped in the middle of a sentence",
    "too_long": "its answer took too long",
    "refused": "it does not take the key",
    "busy": "it is too busy, or its quota is used up",
    "failed": "it answered with an error",
    "cut_off": "its answer was cut off",
    "unreadable": "it does not answer as the API of OpenAI does",
    "empty": "its answer was empty",
    "withheld": "its own filter held the answer back",
    "stopped": "the answer was stopped",
    "leak": "it told what only the model is told",
    "nothing_shown": "it talked, and said nothing that the sources bear out in its time",
    "unsupported": "the sources bear out nothing of what it said",
    "budget": "the day's budget of the workspace is used up",
}


def why_quoted(kind: str) -> str:
    """`kind`: as `Trace.fell_back` has it. The end of a sentence."""
    return _WHY.get(kind, f"it failed ({kind})")
