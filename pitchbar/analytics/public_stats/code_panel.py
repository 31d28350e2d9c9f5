from pitchbar.codes.panels import Action, register_action


def register() -> None:
    register_action(Action("edit_codes", "public_stats.edit", "external-link", "Public statistics"))
