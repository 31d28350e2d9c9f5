"""Operations: queues and jobs for operators, metrics, health, the mailbox of development."""

from pitchbar.core.features import Feature
from pitchbar.operations import (
    billing_alarm,
    job_views,
    mailbox,
    metrics,
    queue_views,
    reconciliation_views,
    schedule_views,
    security_views,
    tasks,
    tick_views,
    views,
)
from pitchbar.operations.commands import deploy_cron_worker
from pitchbar.operations.error_frame import frame_of_error
from pitchbar.operations.key_commands import rotate_app_key
from pitchbar.operations.offers import offer_pages
from pitchbar.operations.release import (
    installation_checks,
    queue_checks,
    smoke_test,
)
from pitchbar.operations.release import views as release_views
from pitchbar.operations.release.commands import release_check
from pitchbar.operations.services import views as service_views

FEATURE = Feature(
    requires=("jobs", "workspaces", "billing", "analytics", "backups"),
    blueprints=(
        views.bp,
        mailbox.bp,
        queue_views.bp,
        job_views.bp,
        schedule_views.bp,
        metrics.bp,
        reconciliation_views.bp,
        release_views.bp,
        security_views.bp,
        service_views.bp,
    ),
    api_blueprints=(tick_views.bp, security_views.reports_bp),
    tasks=(tasks,),
    subscribe=billing_alarm.register,
    offers=offer_pages,
    error_frame=frame_of_error,
    commands=(deploy_cron_worker, release_check, rotate_app_key),
    checks=(*installation_checks.CHECKS, *queue_checks.CHECKS, *smoke_test.CHECKS),
)
