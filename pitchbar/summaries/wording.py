"""A week in sentences, the same in HTML and as plain text."""

from datetime import date

from pitchbar.analytics.boards.figures import Figure
from pitchbar.chat_analytics.weeks import TalkWeek
from pitchbar.core.wording import number
from pitchbar.summaries.changes import Change
from pitchbar.summaries.loading import Week

_BEFORE = "the week before"


def week_in_words(first: date, last: date) -> str:
    """ "16 to 22 November 2026", with month and year twice only where they differ."""
    start = f"{first.day}"
    if first.year != last.year:
        start = f"{first.day} {first:%B %Y}"
    elif first.month != last.month:
        start = f"{first.day} {first:%B}"
    return f"{start} to {last.day} {last:%B %Y}"


def subject_of(workspace_name: str, week: Week) -> str:
    people = week.figures.people.value
    counted = "1 person" if people == 1 else f"{number(people) if people else 'No'} people"
    return f"{counted} scanned at {workspace_name} last week"


def compared(figure: Figure) -> str:
    """ "12 % more than the week before (1,075)"."""
    previous = figure.previous or 0
    if not previous:
        return f"none {_BEFORE}" if figure.value else ""
    if figure.value == previous:
        return f"as many as {_BEFORE}"
    percent = round(abs(figure.value - previous) / previous * 100)
    more = "more" if figure.value > previous else "fewer"
    told = f"{number(percent)} %" if percent else "hardly"
    return f"{told} {more} than {_BEFORE} ({number(previous)})"


def talk_in_words(talk: TalkWeek) -> str:
    """ "12 conversations with your agents: 20 of 25 questions answered, 3 leads."."""
    talks = (
        "1 conversation"
        if talk.conversations == 1
        else f"{number(talk.conversations)} conversations"
    )
    asked = "question" if talk.questions == 1 else "questions"
    told = [f"{number(talk.answered)} of {number(talk.questions)} {asked} answered"]
    if talk.leads:
        told.append("1 lead" if talk.leads == 1 else f"{number(talk.leads)} leads")
    return f"{talks} with your agents: {', '.join(told)}."


def change_in_words(change: Change) -> str:
    """ "“Table card” brought 312 people, 120 more than the week before; it began on Wednesday."."""
    difference = change.people - change.before
    more = "more" if difference > 0 else "fewer"
    people = f"{number(change.people)} {'person' if change.people == 1 else 'people'}"
    who = f"“{change.name}” brought" if change.kind == "code" else f"From {change.name} came"
    day = f"{change.since:%A}, {change.since.day} {change.since:%B}"
    since = f"most of it on {day}" if change.is_single else f"since {day}"
    return f"{who} {people}, {number(abs(difference))} {more} than {_BEFORE}, {since}."
