FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/tidings && /opt/tidings/bin/pip install --no-cache-dir -r requirements.lock
RUN python -m venv /opt/build && /opt/build/bin/pip install --no-cache-dir -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY bots bots
COPY config config
COPY inbox inbox
COPY routing routing
COPY storage storage
RUN /opt/build/bin/python -m hatchling build -t wheel \
 && /opt/tidings/bin/pip install --no-cache-dir --no-deps dist/*.whl

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/tidings --create-home tidings
COPY --from=build /opt/tidings /opt/tidings
ENV PATH=/opt/tidings/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TIDINGS_HOST=0.0.0.0 \
    TIDINGS_DATABASE=sqlite:////var/lib/tidings/tidings.db \
    TIDINGS_MEDIA_DIR=/var/lib/tidings/media \
    TIDINGS_SECRET_FILE=/var/lib/tidings/secret.key
USER tidings
WORKDIR /var/lib/tidings
VOLUME /var/lib/tidings
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ.get('TIDINGS_PORT', 8080)}/readyz\", timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["tidings", "run"]
