"""Makes the calls of AWS IoT's logging by boto3: ENDPOINT TOKEN."""

import datetime
import http.client
import sys

import boto3
import botocore.auth
from botocore import UNSIGNED
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

endpoint, token = sys.argv[1:]


def client(secret=token, key="logtree", session=None, **config):
    config = Config(retries={"total_max_attempts": 1}, proxies={}, **config)
    return boto3.client(
        "iot",
        endpoint_url=endpoint,
        region_name="local",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=session,
        config=config,
    )


def patient(call, **arguments):
    """Makes a call again while there are too many changes in a second."""
    while True:
        try:
            return call(**arguments)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 429:
                raise


def expect(status, code, call, **arguments):
    try:
        patient(call, **arguments)
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
patient(iot.set_v2_logging_options, roleArn="arn:aws:iam::123456789012:role/logs", defaultLogLevel="INFO")
patient(iot.set_v2_logging_options, disableAllLogs=True)
events = [
    {"eventType": "Publish", "logLevel": "DEBUG", "logDestination": "group/a"},
    {"eventType": "Connect", "logLevel": "DISABLED"},
]
patient(iot.set_v2_logging_options, disableAllLogs=False, eventConfigurations=events)
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
    patient(iot.set_v2_logging_level, logTarget=target(kind, name), logLevel=level)
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
        patient(iot.delete_v2_logging_level, targetType=kind, targetName=name)
        patient(iot.delete_v2_logging_level, targetType=kind, targetName=name)
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

# Names of all kinds, each in a body, a query, and a page token.
names = [" ", "+", "*", "~", "/", "//", "%", "%2F", "&a=b", "?#", "'\"", "..", ".", "\u200b", "名前", "🦀"]
names += ["a b", " a ", "a+b", "-._~", "=", ";", "a\\b", "<b>", "ü" * 1024]
for name in names:
    patient(iot.set_v2_logging_level, logTarget=target("CLIENT_ID", name), logLevel="INFO")
found = listed(targetType="CLIENT_ID", PaginationConfig={"PageSize": 1})
assert sorted(name for _, name in found) == sorted(names), found
for name in names:
    patient(iot.delete_v2_logging_level, targetType="CLIENT_ID", targetName=name)
assert listed(targetType="CLIENT_ID") == {}, listed()
for name in ["", "\n", "a\x00b", "ü" * 1025]:
    expect(400, invalid, iot.set_v2_logging_level, logTarget=target("CLIENT_ID", name), logLevel="INFO")

# A session, whose token is signed as well.
session = client(session="FQoGZXIvYXdzE+/=")
patient(session.set_v2_logging_level, logTarget=target("CLIENT_ID", "session"), logLevel="INFO")
patient(session.delete_v2_logging_level, targetType="CLIENT_ID", targetName="session")


def signed(method, path, body="", sent_path=None, **headers):
    """Returns the status of a request that is signed by hand."""
    credentials = Credentials("logtree", token)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    request = AWSRequest(method, endpoint + path, headers, body.encode())
    botocore.auth.SigV4Auth(credentials, "iot", "eu-central-1").add_auth(request)
    status = 429
    while status == 429:
        connection = http.client.HTTPConnection(endpoint.removeprefix("http://"))
        connection.request(method, sent_path or path, body.encode() or None, dict(request.headers))
        response = connection.getresponse()
        response.read()
        status = response.status
    return status


# Signed as other clients do it, and any path.
assert signed("HEAD", "/v1/status") == 200
assert signed("GET", "/v1/status") == 200
assert signed("GET", "/v1/status", X_Note="  a   b  ") == 200
assert signed("GET", "/v1/loggers?q=&configured=true&prefix=") == 200
assert signed("GET", "/v1/levels?type=CLIENT_ID&size=1") == 200
assert signed("GET", "/v1/levels?size=1&type=CLIENT_ID") == 200
assert signed("GET", "/v1/loggers?q=a%20b", sent_path="/v1/loggers?q=a+b") == 200
assert signed("GET", "/actuator/loggers/ROOT") == 200
assert signed("DELETE", "/v1/levels/CLIENT_ID/a%20b%2Fc%2B%7E%C3%BC") == 200
json = "application/json"
change = '{"changes": [{"target": "ü", "type": "CLIENT_ID", "level": null}]}'
assert signed("PATCH", "/v1/levels", change, Content_Type=json) == 200
assert signed("PATCH", "/v1/levels", change, Content_Type=json + "; charset=utf-8") == 200
# Other than they were signed.
assert signed("GET", "/v1/status", sent_path="/v1/loggers") == 401
assert signed("GET", "/v1/loggers?q=a", sent_path="/v1/loggers?q=b") == 401
assert signed("GET", "/v1/loggers?q=a", sent_path="/v1/loggers?q=a&q=a") == 401

clock = botocore.auth.get_current_datetime
for minutes, is_accepted in [(-6, False), (-4, True), (4, True), (6, False)]:
    skew = datetime.timedelta(minutes=minutes)
    botocore.auth.get_current_datetime = lambda *arguments: clock(*arguments) + skew
    if is_accepted:
        iot.get_v2_logging_options()
    else:
        expect(401, unknown, iot.get_v2_logging_options)
botocore.auth.get_current_datetime = clock

patient(iot.set_v2_logging_level, logTarget=target("THING_GROUP", "botocore"), logLevel="DEBUG")
print("done")
