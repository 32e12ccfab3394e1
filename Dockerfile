# syntax=docker/dockerfile:1
# One recipe, two images: `web` (pages, imports, beat; no torch) and `worker` (draws images; TORCH=cpu or cu130).
FROM python:3.11-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /opt/lungstudy
COPY requirements/base.txt requirements/
RUN pip install --no-deps --require-hashes -r requirements/base.txt
# The volumes take over the owner of the folders they are mounted on.
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin lungstudy \
 && install -d -o lungstudy -g lungstudy /srv/lungstudy \
    /srv/lungstudy/media /srv/lungstudy/static /srv/lungstudy/uploads /srv/lungstudy/models
ENV HOME=/tmp

FROM base AS web
COPY . .
RUN python -m compileall -q lungstudy generation reader
USER lungstudy

FROM base AS worker
ARG TORCH=cpu
COPY requirements/ml.txt requirements/
RUN pip install --no-deps --require-hashes -r requirements/ml.txt \
 && pip install --index-url "https://download.pytorch.org/whl/${TORCH}" torch==2.13.0
COPY . .
RUN python -m compileall -q lungstudy generation reader
USER lungstudy
