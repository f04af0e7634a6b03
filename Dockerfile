# 只用 CPU 的镜像：数据在 /data，以普通用户运行，运行时不联网。用法见 docs/INSTALL.md。
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    KB_HOME=/data

WORKDIR /app
COPY pyproject.toml constraints.txt README.md ./
COPY kb kb
COPY corpus corpus
COPY indexer indexer
COPY api api
COPY eval eval
RUN pip install -c constraints.txt . \
    && useradd --system --uid 10001 --home-dir /data kb \
    && mkdir /data \
    && chown kb /data

USER kb
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
ENTRYPOINT ["kb"]
CMD ["serve", "--host", "0.0.0.0"]
