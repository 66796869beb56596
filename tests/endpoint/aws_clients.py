"""Makes the calls of AWS IoT's logging by boto3: ENDPOINT TOKEN."""

import datetime
import sys

import boto3
import botocore.auth
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, token = sys.argv[1:]


def client(secret=token, key="logtree", **config):
    config = Config(retries={"total_max_attempts": 1}, proxies={}, **config)
    return boto3.client(
        "iot",
        endpoint_url=endpoint,
        region_name="local",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=config,
    )


def expect(status, code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        found = error.response["ResponseMetadata"]["HTTPStatusCode"]
        assert found == status, (found, error)
        assert error.response["Error"]["Code"] == code, error
        assert error.response["Error"]["Message"], error
        return error
    raise AssertionError(f"expected {code}")


def target(kind, name=None):
    return {"targetType": kind, **({} if name is None else {"targetName": name})}


def listed(**arguments):
    pages = iot.get_paginator("list_v2_logging_levels").paginate(**arguments)
    configurations = [one for page in pages for one in page["logTargetConfigurations"]]
    return {
        (one["logTarget"]["targetType"], one["logTarget"].get("targetName")): one["logLevel"]
        for one in configurations
    }


iot = client()

# Options, each of which leaves the others.
iot.set_v2_logging_options(roleArn="arn:aws:iam::123456789012:role/logs", defaultLogLevel="INFO")
iot.set_v2_logging_options(disableAllLogs=True)
events = [
    {"eventType": "Publish", "logLevel": "DEBUG", "logDestination": "group/a"},
    {"eventType": "Connect", "logLevel": "DISABLED"},
]
iot.set_v2_logging_options(disableAllLogs=False, eventConfigurations=events)
options = iot.get_v2_logging_options(verbose=True)
del options["ResponseMetadata"]
assert options == {
    "roleArn": "arn:aws:iam::123456789012:role/logs",
    "defaultLogLevel": "INFO",
    "disableAllLogs": False,
    "eventConfigurations": [
        {"eventType": "Connect", "logLevel": "DISABLED"},
        {"eventType": "Publish", "logLevel": "DEBUG"},
    ],
}, options

# Levels of all types.
levels = {
    ("DEFAULT", None): "ERROR",
    ("EVENT_TYPE", "Connect"): "DISABLED",
    ("EVENT_TYPE", "Publish"): "DEBUG",
    ("THING_GROUP", "botocore.client.S3"): "DEBUG",
    ("THING_GROUP", "a b&c/ü+=%2F'()*!~"): "WARN",
    ("CLIENT_ID", "sensor-7 ü"): "DISABLED",
    ("SOURCE_IP", "10.0.0.1"): "INFO",
    ("PRINCIPAL_ID", "p"): "ERROR",
}
for (kind, name), level in levels.items():
    iot.set_v2_logging_level(logTarget=target(kind, name), logLevel=level)
assert listed() == levels, listed()
for kind in {kind for kind, _ in levels}:
    expected = {key: level for key, level in levels.items() if key[0] == kind}
    assert listed(targetType=kind) == expected, kind

# Pages, by their tokens.
seen, next_token = [], {}
while True:
    page = iot.list_v2_logging_levels(maxResults=3, **next_token)
    seen += page["logTargetConfigurations"]
    if "nextToken" not in page:
        break
    next_token = {"nextToken": page["nextToken"]}
assert len(seen) == len(levels), seen

# What is not there is deleted without an error.
for (kind, name), level in levels.items():
    if kind != "DEFAULT":
        iot.delete_v2_logging_level(targetType=kind, targetName=name)
        iot.delete_v2_logging_level(targetType=kind, targetName=name)
assert listed() == {("DEFAULT", None): "ERROR"}, listed()

# Errors have the types of the model.
invalid = "InvalidRequestException"
a = target("THING_GROUP", "a")
error = expect(400, invalid, iot.set_v2_logging_level, logTarget=a, logLevel="LOUD")
assert isinstance(error, iot.exceptions.InvalidRequestException), type(error)
expect(400, invalid, iot.set_v2_logging_level, logTarget=target("THING", "a"), logLevel="INFO")
expect(400, invalid, iot.set_v2_logging_level, logTarget=target("CLIENT_ID"), logLevel="INFO")
expect(400, invalid, iot.set_v2_logging_options, defaultLogLevel="LOUD")
expect(400, invalid, iot.list_v2_logging_levels, targetType="THING")
expect(400, invalid, iot.list_v2_logging_levels, maxResults=250, nextToken="forged")
expect(400, invalid, iot.delete_v2_logging_level, targetType="DEFAULT", targetName="a")
expect(404, "ResourceNotFoundException", iot.get_logging_options)
expect(404, "ResourceNotFoundException", iot.list_things)

# Who does not know the token, or signs at another time, reads and changes nothing.
unknown = "UnrecognizedClientException"
for other in [
    client(secret="a" * len(token)),
    client(key="root"),
    client(signature_version=UNSIGNED),
]:
    expect(401, unknown, other.list_v2_logging_levels)
    expect(401, unknown, other.set_v2_logging_level, logTarget=a, logLevel="DEBUG")

clock = botocore.auth.get_current_datetime
for minutes, is_accepted in [(-6, False), (-4, True), (4, True), (6, False)]:
    skew = datetime.timedelta(minutes=minutes)
    botocore.auth.get_current_datetime = lambda *arguments: clock(*arguments) + skew
    if is_accepted:
        iot.get_v2_logging_options()
    else:
        expect(401, unknown, iot.get_v2_logging_options)
botocore.auth.get_current_datetime = clock

iot.set_v2_logging_level(logTarget=target("THING_GROUP", "botocore"), logLevel="DEBUG")
print("done")
