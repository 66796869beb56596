"""Prints what a service of CloudWatch Logs has, by boto3: read_log_events.py URL GROUP STREAM."""

import json
import sys

import boto3

url, group, stream = sys.argv[1:]
logs = boto3.client("logs", endpoint_url=url, region_name="eu-west-1",
                    aws_access_key_id="key", aws_secret_access_key="secret")
events, token = [], None
while True:
    more = {"nextToken": token} if token else {}
    page = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True, **more)
    events += [[event["timestamp"], event["message"]] for event in page["events"]]
    if page["nextForwardToken"] == token:
        break
    token = page["nextForwardToken"]
[found] = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
json.dump({
    "events": events,
    "retention": found.get("retentionInDays"),
    "tags": logs.list_tags_log_group(logGroupName=group)["tags"],
}, sys.stdout)
