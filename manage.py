#!/usr/bin/env python
"""Run one of the site's commands. Those that change tables or grants log in as the owner."""

import os
import sys

from django.core.management import execute_from_command_line

OF_THE_OWNER = {"migrate", "set_up_database", "grant_app_role", "pgtrigger", "sqlmigrate", "makemigrations"}


def main() -> None:
    """Run the command that the arguments name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OF_THE_OWNER:
        if owner := os.environ.get("DATABASE_OWNER_URL"):
            os.environ["DATABASE_URL"] = owner
        os.environ["DATABASE_STATEMENT_TIMEOUT"] = "0"
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
