# One image for every process: web, edge, realtime, workers and scheduler differ in their command.
# docker build -t pitchbar .
FROM python:3.11-slim-trixie AS build
# strip, for the step that makes the packages smaller.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends binutils
WORKDIR /app
COPY infra/locks/runtime.txt infra/locks/runtime.txt
RUN python -m venv /app/.venv \
 && /app/.venv/bin/pip install --no-cache-dir --no-compile --require-hashes -r infra/locks/runtime.txt
COPY infra/trim_image.py infra/trim_image.py
RUN python infra/trim_image.py --strip /app/.venv/lib/python3.11/site-packages
COPY pyproject.toml README.md ./
COPY pitchbar pitchbar
RUN /app/.venv/bin/pip install --no-cache-dir --no-compile --no-deps --no-build-isolation -e . \
 && /app/.venv/bin/pip uninstall --yes setuptools pip

FROM python:3.11-slim-trixie
# pg_dump and pg_restore for backups: 17 here, which the server of docker-compose.yml must not pass.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends postgresql-client-17 \
 && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 pitchbar \
 && useradd --uid 10001 --gid pitchbar --no-create-home --home-dir /data pitchbar \
 && install --directory --owner pitchbar --group pitchbar /data /spool
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY pyproject.toml README.md wsgi.py gunicorn.conf.py Procfile ./
COPY migrations migrations
COPY static static
COPY templates templates
COPY docs docs
COPY pitchbar pitchbar
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    DATA_DIR=/data \
    SPOOL_DIR=/spool
USER pitchbar
# What must outlive the container: files, and scans that are not stored yet.
VOLUME ["/data", "/spool"]
EXPOSE 8000
# Of what listens; processes that do not, switch it off where they are started.
HEALTHCHECK --interval=10s --timeout=3s --start-period=40s --retries=3 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/up', timeout=2)"]
STOPSIGNAL SIGTERM
CMD ["gunicorn", "wsgi:app"]
