page-skip = Skip to content
page-footer = Online booking by Harmony
page-call = Call

page-home-title = Choose a service
page-home-lead = Book online in a minute, no account needed.
page-home-empty = Nothing is open for booking yet. Come back soon.
page-home-choose = Choose a time
page-home-choose-named = Choose a time for { $service }

page-book-title = Choose a time
page-book-back = All services
page-book-previous = Previous day
page-book-next = Next day
page-book-week = Days of the week
page-book-date = Another date
page-book-go = Show
page-book-times = Times
page-book-day = { $date }, { $count ->
    [0] fully booked
    [one] { $count } time
   *[other] { $count } times
}
page-book-part = { $part ->
    [morning] Morning
    [afternoon] Afternoon
   *[evening] Evening
}
page-book-zone = Times shown: { $zone }
page-book-full = There is no time left on this day.
page-book-soonest = Next free date: { $date }
page-book-nothing = No time is free in the next six weeks.
page-book-closed-title = Bookings are closed for now
page-book-closed = { $tenant } takes no bookings online at the moment. Come back soon or get in touch directly.
page-book-you = Your details
page-book-name = Full name
page-book-email = Email address
page-book-email-hint = The confirmation and the link to cancel go there.
page-book-phone = Phone
page-book-note = Your note
page-book-optional = optional
page-book-submit = Book
page-book-summary = Your appointment
page-weekday = { $day ->
    [1] Mon
    [2] Tue
    [3] Wed
    [4] Thu
    [5] Fri
    [6] Sat
   *[7] Sun
}

page-errors = { $count ->
    [one] One thing needs your attention
   *[other] { $count } things need your attention
}
page-error = { $field ->
    [start] Choose a time.
    [name] Enter your name, in at most 255 characters.
    [email] Enter a complete email address, such as camille@example.com.
    [phone] Enter a complete phone number, such as +33 6 12 34 56 78.
    [note] Shorten your note: at most 2,000 characters.
   *[other] One of the values is not valid.
}
page-gone-title = This time has just been taken
page-gone = Choose another one: what you typed is kept.

page-status = { $status ->
    [pending] Pending
    [confirmed] Confirmed
    [completed] Completed
    [no_show] Missed
   *[cancelled] Cancelled
}
page-manage-title = { $status ->
    [pending] We have your request
    [confirmed] Your appointment is confirmed
    [completed] This appointment has taken place
    [no_show] This appointment is over
   *[cancelled] Your appointment is cancelled
}
page-manage-lead = { $status ->
    [pending] { $tenant } still has to accept it. You will hear by email.
    [confirmed] { $tenant } looks forward to seeing you. Keep this page: you can cancel here.
    [completed] Thank you for visiting { $tenant }.
    [no_show] { $tenant } was expecting you.
   *[cancelled] The time is free again. There is nothing else to do.
}
page-manage-cancel = Cancel this appointment
page-manage-cancel-lead = The time goes back to { $tenant }. This cannot be undone.
page-manage-reason = Reason
page-manage-confirm = Confirm the cancellation
page-manage-again = Book another appointment

page-verify-title = Confirm your email address
page-verify-lead = One click, and your space can take its first bookings.
page-verify-button = Confirm my address
page-verify-done-title = Your address is confirmed
page-verify-done = Thank you. You can close this page.


page-welcome-title = Appointments without the back and forth
page-welcome-lead = Harmony keeps the diary of people who receive people: online booking at any hour, confirmations by email, summaries in PDF.
page-welcome-customer = Do you have an appointment?
page-welcome-customer-lead = Open the link in your confirmation mail to see it or to cancel it.
page-welcome-developer = Do you write software?
page-welcome-docs = API documentation
page-welcome-outbox = Development outbox
