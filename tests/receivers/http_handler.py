"""Sends one record by CPython's HTTPHandler: HOST URL METHOD ATTRIBUTES (a JSON object)."""

import json
import logging
import logging.handlers
import sys

host, url, method, attributes = sys.argv[1:5]


def fail(record):
    raise


handler = logging.handlers.HTTPHandler(host, url, method, credentials=("ann", "p w:ö"))
handler.handleError = fail
attributes = json.loads(attributes)
attributes["args"] = tuple(attributes["args"])
handler.emit(logging.makeLogRecord(attributes))
