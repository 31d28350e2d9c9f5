"""Every module that declares tasks, in one list: no worker can run what nobody imports."""


def load_tasks() -> None:
    import pitchbar.jobs.tasks
    import pitchbar.mailing.tasks
    import pitchbar.operations.tasks
    import pitchbar.scans.tasks
    import pitchbar.workspaces.tasks  # noqa: F401
