"""What the widget API refuses, in sentences for whoever builds on it or reads the console."""

from pitchbar.errors import DomainError


class WidgetError(DomainError):
    status = 403
    code = "forbidden"
    sentence = ""

    def __init__(self) -> None:
        super().__init__(self.sentence)


class UnknownAgent(WidgetError):
    status = 404
    code = "no_agent"
    sentence = "There is no such agent, or it is not published."


class OriginNotAllowed(WidgetError):
    code = "origin_not_allowed"
    sentence = (
        "This agent may not be embedded here. Add the page's origin to the agent's allowed origins."
    )


class PathRestricted(WidgetError):
    code = "path_restricted"
    sentence = "The agent does not show itself on this page."


class TokenMissing(WidgetError):
    status = 401
    code = "token_missing"
    headers = {"WWW-Authenticate": "Bearer"}
    sentence = "Call init first, and send its token as 'Authorization: Bearer …'."


class TokenInvalid(TokenMissing):
    code = "token_invalid"
    sentence = "This token is none of ours, or is not for this page. Call init for a new one."


class TokenExpired(TokenMissing):
    code = "token_expired"
    sentence = "This token has expired. Call init with it once, for one that goes on from here."


class EmptyMessage(WidgetError):
    status = 422
    code = "empty"
    sentence = "There is nothing to answer in it. Please write a few words."

    def __init__(self) -> None:
        super().__init__()
        self.fields = {"text": "Please write a few words."}


class MessageTooLong(WidgetError):
    status = 422
    code = "too_long"
    sentence = "That is longer than 4,000 characters. Please shorten it, or send it in parts."

    def __init__(self) -> None:
        super().__init__()
        self.fields = {"text": "At most 4,000 characters."}


class TooManyStreams(WidgetError):
    status = 503
    code = "busy"
    headers = {"Retry-After": "2"}
    sentence = "Very many people are asking just now. Please try again in a moment."


class UnknownMessage(WidgetError):
    status = 404
    code = "no_message"
    sentence = "There is no such answer in this conversation."


class ConsentNeeded(WidgetError):
    code = "consent_needed"
    sentence = (
        "This agent asks for consent first. Show agent.consent, and send consented: true once."
    )


class NotOffered(WidgetError):
    code = "not_offered"
    sentence = "The agent does not offer this."
