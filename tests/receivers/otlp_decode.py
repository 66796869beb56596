"""Prints the records of OTLP requests (files) by the official classes, as a JSON list."""

import gzip
import json
import sys

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest


def plain(value):
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    if kind == "array_value":
        return [plain(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return pairs(value.kvlist_value.values)
    if kind == "bytes_value":
        return {"bytes": value.bytes_value.hex()}
    if kind == "double_value":
        return {"double": repr(value.double_value)}
    return getattr(value, kind)


def pairs(items):
    keys = [item.key for item in items]
    assert len(keys) == len(set(keys)), keys
    return {item.key: plain(item.value) for item in items}


records = []
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    request = ExportLogsServiceRequest()
    assert request.ParseFromString(data) == len(data)
    for resource in request.resource_logs:
        for scope in resource.scope_logs:
            for log in scope.log_records:
                records.append(
                    {
                        "resource": pairs(resource.resource.attributes),
                        "scope": scope.scope.name,
                        "time": str(log.time_unix_nano),
                        "observed": str(log.observed_time_unix_nano),
                        "severity": log.severity_number,
                        "severity_text": log.severity_text,
                        "body": plain(log.body),
                        "attributes": pairs(log.attributes),
                        "dropped": log.dropped_attributes_count,
                        "flags": log.flags,
                        "trace_id": log.trace_id.hex(),
                        "span_id": log.span_id.hex(),
                        "event_name": log.event_name,
                    }
                )
print(json.dumps(records))
