from pitchbar.errors import DomainError


class InvalidRules(DomainError):
    """`fields` names each place that is wrong as a path: "rules.3.conditions.0.in"."""

    code = "invalid_rules"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("Some rules need a correction.", fields=fields)
