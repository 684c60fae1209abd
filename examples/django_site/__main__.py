"""Django's command line for this site: `python -m examples.django_site COMMAND`."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "examples.django_site.settings")
execute_from_command_line(["python -m examples.django_site", *sys.argv[1:]])
