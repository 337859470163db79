"""Reads a calendar with an independent parser and prints what it understood as JSON: its events."""

import json
import sys

from icalendar import Calendar

calendar = Calendar.from_ical(sys.stdin.buffer.read())


def person(event, role):
    if role not in event:
        return None
    return [event[role], event[role].params["CN"]]


def understood(event):
    assert not event.errors, event.errors
    return {
        "method": calendar["METHOD"],
        "uid": event["UID"],
        "sequence": event["SEQUENCE"],
        "status": event["STATUS"],
        "start": event["DTSTART"].dt.isoformat(),
        "end": event["DTEND"].dt.isoformat(),
        "stamp": event["DTSTAMP"].dt.isoformat(),
        "summary": event["SUMMARY"],
        "description": event.get("DESCRIPTION"),
        "location": event.get("LOCATION"),
        "url": event.get("URL"),
        "organizer": person(event, "ORGANIZER"),
        "attendee": person(event, "ATTENDEE"),
        "properties": sorted(event.keys()),
    }


print(json.dumps([understood(event) for event in calendar.walk("VEVENT")]))
