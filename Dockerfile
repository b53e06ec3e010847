# Two images: `daemon` (the default) watches, without TensorFlow; `train` makes models.
#
#     docker build -t coopwatch .
#     docker build -t coopwatch-train --target train .

FROM python:3.11-slim AS build
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends binutils && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY pyproject.toml constraints.txt README.md ./
COPY coopwatch coopwatch
COPY systemd systemd
# Left out, 130 MB: pip, LiteRT's libraries for graphics cards and other makers' chips, the wheels' own tests, the
# symbols of Python's extensions (other libraries of wheels break when they are stripped), and compiled code that nobody
# runs. The last step compiles what the daemon imports, and ends the build if any of it cannot be loaded.
RUN python -m venv --without-pip /opt/coopwatch \
    && python -m pip --python /opt/coopwatch/bin/python install --no-cache-dir --no-compile --constraint constraints.txt . \
    && find /opt/coopwatch -path '*/ai_edge_litert/*' \
        \( -name 'lib*GpuAccelerator.so' -o -name 'libLiteRtCompilerPlugin*' -o -name 'libLiteRtDispatch*' \
        -o -name apply_plugin_main \) -delete \
    && find /opt/coopwatch -type d -name tests -prune -exec rm -r {} + \
    && find /opt/coopwatch -name '*.so' -not -path '*.libs/*' -not -name 'lib*' -exec strip --strip-unneeded {} + \
    && /opt/coopwatch/bin/python -c "import coopwatch.app, coopwatch.monitor, coopwatch.cli.main, coopwatch.cli.health, \
coopwatch.cli.run, coopwatch.inference.worker, coopwatch.inference.engines.litert, coopwatch.cameras.stream_child, \
coopwatch.cameras.usb_child, coopwatch.cameras.video, coopwatch.vision.film, prometheus_client, httpx"

FROM build AS build-train
RUN python -m pip --python /opt/coopwatch/bin/python install --no-cache-dir --constraint constraints.txt '.[train]'

FROM python:3.11-slim AS runtime
# Letters for the names drawn on pictures: Pillow's own font has ASCII alone. A version of it is no promise to anyone.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* \
    && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin coopwatch \
    && install --directory --owner coopwatch --group coopwatch --mode 0700 /var/lib/coopwatch
ENV PATH=/opt/coopwatch/bin:$PATH \
    PYTHONUNBUFFERED=1
COPY models/demo /opt/coopwatch/models/demo
USER 10001:10001
# The database, the photos and the keeper's own models: the one place that is written to.
VOLUME /var/lib/coopwatch
WORKDIR /var/lib/coopwatch
ENTRYPOINT ["coopwatch"]

FROM runtime AS train
COPY --from=build-train /opt/coopwatch /opt/coopwatch
CMD ["train", "--help"]

FROM runtime AS daemon
COPY --from=build /opt/coopwatch /opt/coopwatch
HEALTHCHECK --interval=60s --timeout=20s --start-period=60s --retries=3 \
    CMD ["coopwatch", "health", "--config", "/etc/coopwatch/coopwatch.yaml"]
CMD ["run", "--config", "/etc/coopwatch/coopwatch.yaml"]
