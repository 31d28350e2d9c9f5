"""How gunicorn serves `wsgi:app` and `wsgi:edge`; it finds this file where it is started."""

import os

from pitchbar.settings import SettingsError, load_settings

try:
    _settings = load_settings()
except SettingsError as error:
    raise SystemExit(f"Error: {error}") from None

bind = [f"{host}:{_settings.port}" for host in _settings.listening_hosts()]
worker_class = "pitchbar.connections.gevent_worker.PatientGeventWorker"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
graceful_timeout = 5
control_socket_disable = True
