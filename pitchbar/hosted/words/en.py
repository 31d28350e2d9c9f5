WORDS = {
    "gone": "Nobody answers here just now",
    "goneWhy": "This page is closed, or its address has a mistake in it. Ask whoever gave it to "
    "you for the right one.",
    "kept": "What you wrote",
    "empty": "Please write a few words.",
    "busy": "Very many people are asking just now. Please send it again in a moment.",
    "expired": "This page stood open for a long time. What you wrote is still here: send it again.",
    "notOffered": "That is not offered any more.",
    "tooLongField": "That is too long. Please shorten it.",
    "tell": "Tell the team",
    "jump": "To the question",
    "people": "Rather talk to a person?",
    "typing": "The team is typing",
    "agreeFirst": "Please agree above first. What you wrote is still here.",
    "lookAgain": "Look for an answer",
}
