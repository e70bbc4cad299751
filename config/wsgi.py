from django.core.wsgi import get_wsgi_application

from config import env

env.export(DJANGO_SETTINGS_MODULE="config.settings")
application = get_wsgi_application()
