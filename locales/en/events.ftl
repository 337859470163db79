events-title = Private events
events-private = Private event
events-new = Add a private event
events-edit = Private event
events-calendar = Calendar
events-text = Time that is taken outside of bookings: nobody can book it. Only your team sees what it is.
events-staff = Who
events-everybody = Everybody
events-show = Show
events-empty = Nothing is planned
events-empty-text = Add lunches, appointments of your own, holidays: whatever nobody is to book.
events-name = Title
events-all-day = All day
events-all-day-hint = Times are then ignored.
events-from = From
events-from-time = Starts at
events-to = To
events-to-time = Ends at
events-zone = Times are those of { $zone }.
events-repeats = Repetition
events-repeat-label = Repeats
events-repeat-hint = A change of one occurrence alone never repeats.
events-repeat = { $repeat ->
    [daily] Every day
    [weekly] Every week, on the days below
    [monthly] Every month, on the same day
    [yearly] Every year
    [kept] As it is
   *[never] Never
}
events-every = Every how many
events-every-hint = 2 with “every week” means every second week.
events-weekdays = On these days of the week
events-until = Until, included
events-count = Or how many times
events-note = Note
events-scope-legend = What do you change?
events-scope = { $scope ->
    [this] This one
    [later] This one and those after it
   *[all] All of them
}
events-remove = Remove
events-remove-hint = Its time can be booked again.
events-remove-hint-series = What you chose above is removed: this one, this one and those after it, or all.
events-remove-do = Remove
events-imported = This comes from a calendar file. If you import the file again, it is again as it is there.
events-saved = Saved.
events-saved-overlap = Saved. Some bookings lie in this time: they stand, move them if need be.

recurrence-other = Repeats
recurrence-days = { $every ->
    [1] Every day
   *[other] Every { $every } days
}
recurrence-weeks = { $every ->
    [1] Every week on { $days }
   *[other] Every { $every } weeks on { $days }
}
recurrence-months = { $every ->
    [1] Every month on day { $day }
   *[other] Every { $every } months on day { $day }
}
recurrence-months-last = { $every ->
    [1] Every month on the last day
   *[other] Every { $every } months on the last day
}
recurrence-months-nth = { $every ->
    [1] Every month
   *[other] Every { $every } months
} on the { $nth ->
    [first] first
    [second] second
    [third] third
    [fourth] fourth
    [fifth] fifth
   *[last] last
} { $day }
recurrence-years = { $every ->
    [1] Every year, first on { $day }
   *[other] Every { $every } years, first on { $day }
}
recurrence-times = { $rule }, { $count ->
    [1] once
   *[other] { $count } times
}
recurrence-until = { $rule }, until { $date }
recurrence-day = { $day ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}

feeds-title = Other calendars
feeds-hint = Subscribe to this calendar elsewhere, or take over a calendar file.
feeds-open = Connect
feeds-of = Calendar of { $name }
feeds-subscribe = Subscribe from another calendar
feeds-subscribe-text = Google Calendar, Outlook and Apple Calendar can show these bookings and private events. They look again from time to time: it may take hours until a change is seen there.
feeds-url = This is the address
feeds-url-text = It is shown now and never again. Whoever has it sees the calendar without signing in.
feeds-copy = Copy the address
feeds-shows = What it shows
feeds-details = Details: the customer’s name, the service and the booking’s code; titles and notes of private events
feeds-busy = Only that the time is taken
feeds-privacy = With details, names of customers go to the company whose calendar you use. Addresses, phone numbers and notes on bookings never do.
feeds-create = Make an address
feeds-renew = Make a new address
feeds-revoke = Take the address back
feeds-revoked = The address leads nowhere any more.
feeds-import = Take over a calendar file
feeds-import-text = Events of an .ics file become private events. Imported again, the file updates them: nothing is there twice.
feeds-file = File (.ics, at most 5 MB and 5,000 events)
feeds-import-do = Import
feeds-report = { $made } made, { $updated } updated, { $unchanged } unchanged, { $removed } removed
feeds-overlaps = { $count ->
    [one] One booking lies in this time, and stands: { $codes }
   *[other] { $count } bookings lie in this time, and stand: { $codes }
}
feeds-left-out = { $count ->
    [one] One was left out:
   *[other] { $count } were left out:
}
feeds-why = { $code ->
    [NO_UID] has no identifier.
    [NO_START] has no start that can be read.
    [TWICE] is in the file twice; the last one counts.
    [RULE] has a rule that can’t be read.
    [NO_TIME] takes no time.
    [OWN] is here already: one of your own bookings or private events.
    [TOO_MANY] repeats too often.
    [OUT_OF_RANGE] lasts too long, repeats too often, or lies too far away.
   *[other] can’t be taken over.
}
