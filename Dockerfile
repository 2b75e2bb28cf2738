# One image for web, worker and scheduler; docker-compose.yml says which does what.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/rmsreview

COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY . .
RUN useradd --system --uid 10001 rmsreview \
 && mkdir /data && chown rmsreview /data
USER rmsreview

ENV RMSREVIEW_DATA_DIR=/data BIND=0.0.0.0
EXPOSE 8000
CMD ["python", "manage.py", "up", "--no-prepare", "--only", "web"]
