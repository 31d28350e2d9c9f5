from pitchbar.core.setting_types import Days, SettingsGroup


class AuditSettings(SettingsGroup):
    audit_retention_days: Days = 365
