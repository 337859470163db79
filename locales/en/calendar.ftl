calendar-status = { $status ->
    [pending] To confirm
    [confirmed] Confirmed
    [completed] Completed
    [no_show] No-show
    [held] Deposit due
    [expired] Expired
   *[cancelled] Cancelled
}
calendar-status-head = Status
calendar-today = Today
calendar-previous = Previous day
calendar-next = Next day
calendar-jump = Go to date
calendar-bookings = Bookings
calendar-booked = Booked
calendar-pending = To confirm
calendar-deposits = Deposits
calendar-occupancy = Occupancy
calendar-legend = Colours
calendar-load = { $percent } booked
calendar-off = Not working
calendar-break = Break
calendar-starts = Starts at { $time }
calendar-closed = Closed
calendar-nobody = Nobody can be booked yet
calendar-nobody-text = Add somebody to your team, and their day appears here.
calendar-has-note = With a note
calendar-confirm = Confirm
calendar-complete = Mark as completed
calendar-miss = No-show
calendar-waive = Waive the fee
calendar-move = Move
calendar-cancel = Cancel
calendar-deposit = Deposit
calendar-call = Call
calendar-mail = Email
calendar-profile = Profile
calendar-details = Booking details
calendar-open = Open the booking
calendar-when = When
calendar-with = With
calendar-room = Room
calendar-assigned = { $how ->
    [only_one] Chosen for being the only one free.
    [along] Does the service before it, too.
    [session] Holds the session already.
   *[everybody] The whole team together.
}
calendar-assigned-least = Chosen of { $free } who were free: { $minutes ->
    [0] nothing booked that day yet.
   *[other] { $minutes } minutes booked that day.
}
calendar-assigned-weight = Share: { $weight } %.
calendar-note = Note from the customer
calendar-internal-note = Internal note
calendar-internal-note-label = Your note
calendar-internal-note-hint = Only your team sees it.
calendar-no-note = No note yet.
calendar-reason = Reason
calendar-reason-hint = The customer reads it in the message that tells them.
calendar-customer = Customer
calendar-service = Service
calendar-price = Price
calendar-address = Address
calendar-address-hint = Where to come: the service takes place at the customer’s.
calendar-email = Email address
calendar-phone = Phone
calendar-name = Full name
calendar-visits = { $count ->
    [one] First booking
   *[other] { $count } bookings
}
calendar-actions = What to do
calendar-manage = Link for the customer
calendar-manage-text = Whoever has this link can see, move and cancel the booking.
calendar-manage-copy = Copy the link
calendar-history = History
calendar-did = { $action ->
    [create] Booked
    [confirm] Confirmed
    [reschedule] Moved
    [resize] Duration changed
    [cancel] Cancelled
    [complete] Marked as completed
    [miss] Marked as no-show
    [waive_fee] Fee waived
    [accept] Offered time taken
    [pay_deposit] Deposit paid
    [expire] Deposit not paid in time
   *[update] Note changed
}
calendar-was = It was on { $at }
calendar-actor = { $actor ->
    [customer] the customer
    [user] a former team member
    [operator] the platform
   *[system] automatically
}
calendar-save = Save
calendar-edit = Edit
calendar-cancel-title = Cancel this booking?
calendar-cancel-text = The time becomes free at once, and the customer is told by email.
calendar-cancel-do = Cancel the booking
calendar-keep = Keep it
calendar-charge = Ask for the fee of { $fee }
calendar-charge-hint = Leave it open when it is you who cancels.
calendar-move-title = Move this booking
calendar-now-at = now on
calendar-reason-team = For the team, in the history: the customer does not see it.
calendar-move-told = The customer is told the new time by email.
calendar-move-do = Move the booking
calendar-date = Date
calendar-time = Time
calendar-show-times = Show times
calendar-no-times = No time is free on this day. Choose another day or another person.
calendar-alternatives = These times are free
calendar-what = What and when
calendar-anybody = Anybody who is free
calendar-outside = Outside of the opening hours
calendar-outside-text = Whatever the hours, of a named person, as long as nothing else is booked.
calendar-outside-do = Book at this time
calendar-find = Search
calendar-find-hint = Name, email, phone or code
calendar-find-customer = Find a customer
calendar-find-customer-hint = Name, email or phone
calendar-customer-unknown = Nobody is known by that.
calendar-customer-new = New customer
calendar-customer-new-text = Somebody who has never booked
calendar-customer-edit = Edit the customer
calendar-more = And also
calendar-notify = Send a confirmation by email
calendar-book = Book
calendar-no-services = There is nothing to book yet
calendar-no-services-text = Add your first service, then book.
calendar-period = Period
calendar-period-of = { $period ->
    [today] Today
    [week] Next 7 days
    [past] Past
    [all] All
   *[upcoming] From today
}
calendar-any-status = Any status
calendar-any-staff = Anybody
calendar-filter = Filter
calendar-none-found = No booking matches
calendar-none-found-text = Try fewer words, or the beginning of a word.
calendar-show-all = Show all
calendar-none = No bookings here
calendar-none-text = Share your page, and bookings arrive here by themselves.
calendar-none-yet = No booking yet
calendar-latest-only = Only the latest are shown.
calendar-no-customers = No customers yet
calendar-no-customers-text = Whoever books is listed here. You can also write somebody down yourself.
calendar-language = { $locale ->
    [fr] Messages in French
   *[en] Messages in English
}
calendar-language-label = Language of messages
calendar-language-hint = Confirmations and changes are written in it.
calendar-search = Search
calendar-search-hint = Type the beginning of a name, an email address, a phone number or a booking code.
calendar-nothing = Nothing was found
calendar-nothing-text = The search finds words by their first letters.
calendar-flash-confirmed = The booking is confirmed. The customer is told.
calendar-flash-completed = Marked as completed.
calendar-flash-missed = Marked as no-show.
calendar-flash-waived = The fee is waived.
calendar-flash-noted = The note is saved.
calendar-flash-cancelled = The booking is cancelled, and its time is free again.
calendar-flash-booked = Booked.
calendar-flash-moved = Moved. The customer is told the new time.
calendar-flash-customer = The customer is saved.

calendar-export = Export
calendar-export-title = Export of customers
calendar-export-text = All customers in one file for your spreadsheet: names, addresses, telephone numbers, notes. It can be downloaded for a week, then it is deleted.
calendar-export-do = Prepare the file
calendar-export-again = Prepare it anew
calendar-export-under-way = The file is being made
calendar-export-waits = The file will be made in a moment.
calendar-export-failed = The file could not be made. Try once more; if it fails again, please write to us.
calendar-export-made = { $date }, { $time }, { $size }
calendar-export-file = customers.csv
calendar-export-back = All customers
calendar-export-download = Download
calendar-seats = { $count ->
    [one] 1 seat taken
   *[other] { $count } seats taken
}
calendar-seats-of = { $taken } of { $capacity } seats
calendar-seats-wanted = Seats
calendar-seats-hint = At most { $capacity }.
calendar-group = Also coming
calendar-group-alone = Nobody else so far.
calendar-group-add = Add a participant
calendar-deposit-paid = Deposit, paid
calendar-held-until = The time is held until { $time }, for the deposit to be paid.

calendar-feed-busy = Busy

calendar-waitlist = Waitlist
calendar-waitlist-add = Add somebody
calendar-waitlist-text = When a time becomes free, the first in line who would come is offered it by email and has two hours to answer, overnight until ten in the morning. Then it is the next one’s turn.
calendar-waitlist-offered = A time is kept for them
calendar-waitlist-waiting = In line
calendar-waitlist-empty = Nobody waits
calendar-waitlist-empty-text = Customers who find no time that suits them join the list from your booking page.
calendar-waitlist-since = Since
calendar-waitlist-booking = The time
calendar-waitlist-leave = Take { $name } from the list
calendar-flash-waitlist-left = Taken from the waitlist.
calendar-views = Views
calendar-view = { $view ->
    [week] Week
    [month] Month
    [list] List
   *[day] Day
}
calendar-earlier = { $view ->
    [week] Previous week
    [month] Previous month
    [list] Seven days before
   *[day] Previous day
}
calendar-later = { $view ->
    [week] Next week
    [month] Next month
    [list] Seven days after
   *[day] Next day
}
calendar-whose = Whose calendar
calendar-everybody = Everybody
calendar-week-of = The week of { $name }
calendar-week-grid = The week, by team member
calendar-count = { $count ->
    [one] 1 booking
   *[other] { $count } bookings
}
calendar-and-more = + { $count } more
calendar-new-for = New booking for { $name }, { $date }
calendar-cut = There are more bookings than fit here. Look at a shorter time, or at one person.
calendar-empty-day = Nothing booked.
calendar-arranged = { $name }: { $from } – { $to }, { $staff }. The customer is told.
calendar-put-back = { $name }: back to { $from } – { $to }, { $staff }.
calendar-undo = Undo
calendar-by-form = Move by form
calendar-refused = { $code ->
    [SLOT_UNAVAILABLE] This time is taken. The booking is where it was.
    [OUTSIDE_HOURS] Nobody works then. The booking is where it was.
    [GROUP_SESSION_FIXED] A group session keeps its time. Move its participants one by one.
    [BOOKING_NOT_MOVABLE] This booking can no longer be moved.
    [VERSION_MISMATCH] Somebody changed this booking meanwhile. Look at it again.
    [STAFF] This person does not provide the service. The booking is where it was.
    [DURATION] A booking lasts 5 minutes to 24 hours.
    [TOO_MANY_REQUESTS] Too many changes at once. Wait a moment.
   *[other] This could not be saved. The booking is where it was.
}
calendar-minutes = Duration in minutes
calendar-minutes-hint = The price stays as it was booked.
calendar-outside-move = Whatever the hours and the notice, as long as nothing else is booked.
calendar-outside-move-do = Move to this time
calendar-messages = Messages to the customer
calendar-message = { $kind ->
    [booking_confirmation] Confirmation
    [booking_cancellation] Cancellation
    [booking_reschedule] New time
    [booking_reminder] Reminder
    [waitlist_offer] A time that became free
    [series_confirmation] Confirmation of the series
   *[other] Message
}
calendar-message-status = { $status ->
    [sent] Sent
    [sending] On its way
    [failed] Not delivered
   *[suppressed] Held back
}
calendar-visit = One visit
calendar-cancel-scope = What is cancelled
calendar-cancel-visit = The whole visit: { $count } services
calendar-cancel-service = Only { $service }
calendar-cancel-this = Only this appointment
calendar-cancel-later = This one and all later ones of the series
calendar-then = Then
calendar-then-nothing = Nothing more
calendar-repeat = Repeat
calendar-repeat-every = How often
calendar-repeat-never = Once
calendar-repeat-weeks = { $weeks ->
    [1] Every week
   *[other] Every { $weeks } weeks
}
calendar-repeat-times = Appointments in all
calendar-series-taken = Some of these times are taken
calendar-series-free = Free
calendar-series-busy = Taken
calendar-series-shift = Move those to the nearest free time
calendar-series-skip = Leave those out
calendar-questions = Questions
calendar-questions-text = What you don’t know may stay empty.
calendar-move-visit = The whole visit moves; everybody stays with what they do.
calendar-move-service = Move only { $service }
calendar-move-whole = Move the whole visit
calendar-charge-service = For the whole visit; for { $service } alone, { $fee }.
