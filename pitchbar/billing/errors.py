from pitchbar.errors import DomainError

_KEPT = (
    "Your plan, codes and scans stay as they are. If a payment was made, it shows here as soon as "
    "Stripe answers."
)


class BillingNotConfigured(DomainError):
    status = 503
    code = "billing_not_configured"

    def __init__(self) -> None:
        super().__init__(
            "Billing is not configured on this installation, so nothing can be bought here. "
            "Everything that you have keeps working. Whoever runs it sets plans."
        )


class BillingUnavailable(DomainError):
    """Stripe is away or slow; `message` of its client says which."""

    status = 503
    code = "billing_unavailable"
    headers = {"Retry-After": "60"}

    def __init__(self, reason: str = "Stripe does not answer just now.") -> None:
        super().__init__(f"{reason} {_KEPT} Try again in a minute.")


class BillingRefused(DomainError):
    code = "billing_refused"

    def __init__(self, reason: str = "Stripe did not take this.") -> None:
        super().__init__(f"{reason} {_KEPT}")


class PlanNotSold(DomainError):
    code = "plan_not_sold"

    def __init__(self) -> None:
        sentence = "Choose one of the plans that are sold here."
        super().__init__(sentence, fields={"plan": sentence})


class AlreadySubscribed(DomainError):
    status = 409
    code = "already_subscribed"

    def __init__(self) -> None:
        super().__init__(
            "This workspace has a subscription already. Change its plan instead of buying another."
        )


class NoSubscription(DomainError):
    code = "no_subscription"

    def __init__(self) -> None:
        super().__init__("This workspace has no subscription that could be changed. Choose a plan.")


class OverageNotOffered(DomainError):
    code = "overage_not_offered"

    def __init__(self) -> None:
        super().__init__(
            "Scans beyond the plan can be paid for once a paid plan is active, after the trial."
        )


class NotInDevelopment(DomainError):
    status = 404
    code = "not_found"

    def __init__(self) -> None:
        super().__init__("There is nothing at this address.")
