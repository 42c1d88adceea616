# One image for the hub, the simulated EPJs and the device simulator. docker-compose.yml says which runs as what.
FROM python:3.11.11-slim-bookworm AS installed
WORKDIR /opt/knutepunkt
COPY requirements.lock ./
RUN python -m venv .venv && .venv/bin/python -m pip install --no-cache-dir --require-hashes -r requirements.lock
COPY LICENSE pyproject.toml ./
COPY hub hub
COPY connectors connectors
COPY devices_sim devices_sim
COPY epj_adapter epj_adapter
COPY deploy deploy
RUN .venv/bin/python -m compileall -q hub connectors devices_sim epj_adapter

FROM python:3.11.11-slim-bookworm
# 1883 is also the user of Mosquitto's image, so that the volumes that they share have one owner.
RUN groupadd --gid 1883 knutepunkt \
    && useradd --uid 1883 --gid 1883 --no-create-home --home-dir /data knutepunkt \
    && install -d -o knutepunkt -g knutepunkt -m 0750 /data /keys
COPY --from=installed /opt/knutepunkt /opt/knutepunkt
ENV PATH=/opt/knutepunkt/.venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONPATH=/opt/knutepunkt \
    PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
USER 1883:1883
WORKDIR /data
EXPOSE 8000
ENTRYPOINT ["python", "-m", "hub.cli"]
CMD ["--help"]
