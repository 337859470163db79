"""Reads a calendar with an independent parser and prints what it understood as JSON."""

import json
import sys

from icalendar import Calendar

calendar = Calendar.from_ical(sys.stdin.buffer.read())
(event,) = calendar.walk("VEVENT")
assert not event.errors, event.errors
print(
    json.dumps(
        {
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
            "organizer": [event["ORGANIZER"], event["ORGANIZER"].params["CN"]],
            "attendee": [event["ATTENDEE"], event["ATTENDEE"].params["CN"]],
            "properties": sorted(event.keys()),
        }
    )
)
