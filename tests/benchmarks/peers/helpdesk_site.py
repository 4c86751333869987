"""django-helpdesk: each Telegram message becomes a record by its own form; run by its own Python."""

# mypy: ignore-errors

import json
import os
import sys
from pathlib import Path
from typing import Any

import django
from django.conf import settings

FOLDER = Path(os.environ["PEER_FOLDER"])
SECRET = os.environ["PEER_SECRET"]
APPS = ("admin", "auth", "contenttypes", "humanize", "messages", "sessions", "sites", "staticfiles")

settings.configure(
    SECRET_KEY="benchmark",
    DEBUG_PROPAGATE_EXCEPTIONS=True,
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=[*(f"django.contrib.{name}" for name in APPS), "rest_framework", "helpdesk"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "desk.db"}},
    ROOT_URLCONF=__name__,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    MEDIA_ROOT=FOLDER,
    SITE_ID=1,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    HELPDESK_TEAMS_MODE_ENABLED=False,
)
django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from helpdesk.forms import TicketForm  # noqa: E402
from helpdesk.models import Queue  # noqa: E402


def hook(request: Any) -> Any:
    """Make a record of what was written; it is on the disk when this returns."""
    if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != SECRET:
        return HttpResponse(status=401)
    message = json.loads(request.body)["message"]
    told = {
        "queue": QUEUE.id,
        "title": message["text"][:80],
        "body": message["text"],
        "submitter_email": f"{message['from']['id']}@telegram.example",
        "priority": 3,
    }
    form = TicketForm(data=told, queue_choices=[(QUEUE.id, QUEUE.title)])
    if not form.is_valid():
        return HttpResponse(str(form.errors), status=400)
    form.save(user=None)
    return HttpResponse()


urlpatterns = [path("hooks/telegram", hook), path("desk/", include("helpdesk.urls", namespace="helpdesk"))]
call_command("migrate", verbosity=0)
QUEUE, _ = Queue.objects.get_or_create(title="Support", slug="support")
app = get_asgi_application()

if __name__ == "__main__":
    import uvicorn

    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="critical", access_log=False)
