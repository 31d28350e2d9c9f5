class UnusableLogo(ValueError):
    """The upload cannot be a logo.

    Attributes:
        sentence: why, for whoever uploaded it.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
