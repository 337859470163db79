public-nav-manage = Manage my booking
public-nav-legal = Legal notice
public-nav-terms = Terms
public-nav-privacy = Privacy

public-steps = Steps of the booking
public-step = { $step ->
    [service] Service
    [staff] Professional
    [time] Time
   *[details] Your details
}
public-summary = Your appointment
public-total = Total
public-at-customer = at your place
public-each = Each appointment
public-policy = { $kind ->
    [never] To cancel, get in touch with us
    [late] Free to cancel until { $span } before, then { $fee } is due
    [until] Cancel online, free of charge, until { $span } before
   *[free] Cancel online, free of charge
}
public-closed-title = Online booking is closed for now
public-closed = { $tenant } is not taking online bookings these days. Come back soon, or get in touch directly.

public-home-title = { $tenant }: book online
public-home-description = Book an appointment at { $tenant } in a minute: services, prices and free times, at any hour and without an account.
public-cover-alt = A view of { $tenant }
public-home-book = Book an appointment
public-home-open-today = Today:
public-home-closed-today = Closed today
public-home-closed = Closed
public-home-today = today
public-home-closure = Closed { $dates }
public-home-services = Services
public-home-categories = Categories
public-home-team = The team
public-home-hours = Opening hours
public-home-contact = Address and contact
public-home-map = Show on the map
public-home-website = Website
public-home-from = from { $price }
public-home-online = Booked at once
public-home-empty-title = Opening soon
public-home-empty = Nothing can be booked yet. Come back in a few days.

public-services-title = Choose a service
public-services-other = Other services
public-staff-title = With whom?
public-staff-anybody = No preference
public-staff-free = Free { $when }
public-staff-full = Fully booked for the next weeks

public-time-title = Choose a time
public-time-earlier = Earlier weeks
public-time-later = Later weeks
public-time-day = { $date }, { $count ->
    [one] { $count } time
   *[other] { $count } times
}
public-time-count = { $count ->
    [0] fully booked
    [one] { $count } time
   *[other] { $count } times
}
public-time-free = Available
public-time-few = Last times
public-time-full = There is no time left on this day.
public-time-nothing = No time is free in these weeks.
public-time-next = Next date: { $date }
public-time-zone = Times shown: { $zone }
public-time-soonest = Soonest, whole team
public-part = { $part ->
    [morning] Morning
    [afternoon] Afternoon
   *[evening] Evening
}

public-details-title = Your details
public-details-you = Your details
public-details-change = Change
public-details-name = Full name
public-details-email = Email address
public-details-email-hint = For the confirmation and the link to move or cancel.
public-details-phone = Telephone
public-details-phone-hint = To reach you should anything come up.
public-details-address = Where shall we come?
public-details-address-hint = Street, postal code and town, and how to get in.
public-details-note = Anything we should know before you come
public-details-note-hint = Allergies, access, useful details…
public-details-news = I would like news and offers from { $tenant } by email
public-details-news-hint = Optional: your booking does not depend on it.
public-details-deposit = Deposit asked for: { $amount }
public-details-deposit-text = You pay it in the next step: your time is held for 15 minutes. It is taken off the total.
public-details-accept = By booking you accept the
public-details-terms = booking terms
public-details-and = . Your data is handled as told under
public-details-privacy = Privacy
public-details-submit = Confirm the appointment
public-details-request = Send the request
public-details-waits = This appointment waits for an answer
public-details-waits-text = { $tenant } accepts or declines your request. An email tells you which.
public-gone-title = This time is no longer free
public-gone = Choose another one below.
public-gone-choose = Choose another time
public-gone-nearest = The nearest
public-gone-all = See all dates

public-status = { $status ->
    [pending] Pending
    [confirmed] Confirmed
    [completed] Completed
    [no_show] Missed
    [held] Deposit due
    [expired] Not paid in time
   *[cancelled] Cancelled
}
public-done-title = It’s booked, { $name }
public-done-lead = A confirmation is on its way to { $email }.
public-done-pending = Your request is sent, { $name }
public-done-pending-lead = { $tenant } still has to accept it. The answer will come to { $email }.
public-moved-title = Your appointment has been moved
public-manage-title = { $status ->
    [pending] Your request is registered
    [confirmed] Your appointment is confirmed
    [completed] This appointment has taken place
    [no_show] This appointment is over
    [offered] A time is kept for you
    [held] This time is held for you
    [expired] The time is no longer held
   *[cancelled] Your appointment is cancelled
}
public-manage-lead = { $status ->
    [pending] { $tenant } still has to accept it. You will be told by email.
    [confirmed] { $tenant } looks forward to seeing you.
    [completed] Thank you for coming to { $tenant }.
    [no_show] { $tenant } was expecting you.
    [offered] Take it, and it is yours. Otherwise it is offered to the next in line.
    [held] Pay the deposit to confirm it.
    [expired] The deposit was not paid in time, and the time is free again. You can book it anew.
   *[cancelled] The time is free again. There is nothing else you need to do.
}
public-manage-take-until = It is kept for you until { $until }.
public-manage-take = Take this time
public-manage-leave = No, thank you
public-manage-calendar = Add to my calendar
public-manage-move = Move
public-manage-cancel = Cancel
public-manage-again = Book again
public-manage-back = Back to my appointment
public-manage-site = See the business’s page
public-ticket-with = with { $staff }, at { $tenant }
public-ticket-comes = { $staff } comes to you
public-ticket-hint = { $place ->
    [customer] With your email address it brings you back to this page.
   *[business] Show it at reception. With your email address it also brings you back to this page.
}

public-cancel-title = Cancel this appointment?
public-cancel-lead = The time goes back to { $tenant }. Cancelling is final.
public-cancel-reason = Reason
public-cancel-reason-hint = { $tenant } will see it.
public-cancel-late = Cancelling now costs { $fee }
public-cancel-late-text = It was free of charge until { $until }.
public-cancel-confirm = Cancel the appointment
public-cancel-move = Move it instead
public-cancel-keep = Keep my appointment
public-move-title = Move the appointment
public-move-confirm-title = Confirm the new time
public-move-confirm = Move the appointment
public-move-other = Choose another time
public-move-same = Price and booking code stay the same.
public-move-anybody = Also show times of the rest of the team
public-move-only = Only with { $staff }
public-move-none-title = This appointment can no longer be moved online
public-move-none = This service is no longer offered. Contact { $tenant } to agree on another date.

public-find-title = Find my booking
public-find-lead = The code is in your confirmation email, together with a direct link to your appointment.
public-find-code-hint = Two letters, then six letters or digits.
public-find-email-hint = The one given when booking.
public-find-submit = Find
public-find-lost = Lost the code? Contact { $tenant }.

public-privacy-title = Privacy
public-privacy-who = Who handles your data
public-privacy-who-text = { $tenant } is the controller of your data. Harmony provides the booking tool and processes the data on its behalf and on its instructions.
public-privacy-what = What is kept
public-privacy-what-text = Your name, your email address, your telephone number, the address to come to and your message if you give them, the service, the time, the price, the language you chose and whether you want news. Each booking, move and cancellation leaves a dated trace with the IP address it came from. Messages sent are noted with their date and recipient.
public-privacy-why = Why
public-privacy-why-text = To keep the diary of { $tenant }, to confirm your appointment and to let you move or cancel it: this is carrying out what you asked for (GDPR, article 6.1.b). IP addresses protect the service against abuse: a legitimate interest (article 6.1.f). News and offers come only to who ticked that they want them: that is your consent (article 6.1.a), which you may take back at any time. Nothing else is used for advertising.
public-privacy-whom = Who can see it
public-privacy-whom-text = The members of { $tenant } who keep the diary, and Harmony to run the service, with its providers of hosting and email delivery. Your data is neither sold nor shared with other businesses.
public-privacy-long = For how long
public-privacy-long-text = For as long as { $tenant } needs it to follow its appointments and to meet its accounting duties. You may ask for erasure earlier. The link that opens your appointment stops working 90 days after it.
public-privacy-cookies = Cookies
public-privacy-cookies-text = These pages set none until you choose a language or a theme; that choice is then kept in your browser for a year. If you sign in to your account, one more keeps you signed in, until you sign out, for 90 days at most. There is no audience measurement and no content from elsewhere.
public-privacy-rights = Your rights
public-privacy-rights-text = You may ask { $tenant } to show you your data, to correct it, to hand it over, to erase it, or to stop using it. If the answer does not satisfy you, you may turn to the data protection authority of your country.

public-terms-title = Booking terms
public-terms-scope = What this is about
public-terms-scope-text = These terms apply to appointments booked online at { $tenant }. The service is provided by { $tenant }; Harmony is not a party to it.
public-terms-booking = Booking
public-terms-booking-text = An appointment is made when the page confirms it. Some services first wait for the consent of { $tenant }: the page and the email say so.
public-terms-price = Price
public-terms-price-text = The price is the one shown when you book; it does not change when you move the appointment. It is paid to { $tenant }, as is a deposit where one is asked for.
public-terms-change = Moving and cancelling
public-terms-change-text = You can move or cancel by the link in your email. Until when, and what it costs to cancel late or not to come, you read before you book, in the confirmation and on the page of your appointment; what stood there when you booked holds. Please do so as early as you can: somebody else will be glad of the time.
public-terms-code = Your code
public-terms-code-text = The booking code and the link in the email open your appointment to whoever has them. Share them only with people you trust.
public-terms-law = If we disagree
public-terms-law-text = Please talk to { $tenant } first. The rights that the law of your country gives to consumers are untouched.

public-legal-title = Legal notice
public-legal-publisher = Publisher
public-legal-publisher-text = This page belongs to { $tenant }, who answers for its content.
public-legal-vat = VAT number
public-legal-director = Responsible for the content: { $name }
public-legal-host = Technical service
public-legal-host-text = The page and the online booking of { $tenant } run on Harmony.
public-legal-content = Content
public-legal-content-text = Texts, prices and pictures belong to { $tenant } and may not be reused without its consent.

public-welcome-kicker = The appointment book of people who receive people
public-welcome-title = Appointments without the back and forth
public-welcome-lead = Your customers book online at any hour and move or cancel by themselves; your diary keeps itself up to date and nobody is booked twice.
public-welcome-start = Open my diary
public-welcome-demo = See the demo
public-welcome-free = Free up to 50 bookings a month, no card needed.
public-welcome-login = Sign in
public-welcome-for = Made for trades that live by appointments
public-welcome-for-salons = Salons and spas
public-welcome-for-artisans = Artisans and workshops
public-welcome-for-coaches = Coaches and therapists
public-welcome-for-photographers = Photographers
public-welcome-what = What Harmony does for you
public-welcome-last = Your first booking could come in tonight
public-welcome-booked = Do you have an appointment? Open the link in your email to see, move or cancel it.
public-welcome-docs = API documentation
public-welcome-outbox = Development outbox
public-mock-day = Today
public-mock-one = Cut and blow-dry
public-mock-two = Men’s cut
public-mock-three = Colour
public-mock-new = New booking at 14:30
public-feat-online = Bookings at any hour
public-feat-online-text = A page in your colour: services, prices, team and free times. Customers book in a minute, without an account.
public-feat-double = Never the same place twice
public-feat-double-text = Each time is checked at the moment it is taken, pauses and buffers included.
public-feat-mail = Confirmations that send themselves
public-feat-mail-text = Email with a calendar invitation, a PDF summary, an update with each change.
public-feat-move = Moved without a phone call
public-feat-move-text = One link is all your customers need to change the time or cancel. The time is free again at once.
public-feat-team = A team, hours for each
public-feat-team-text = Hours, pauses, holidays and daily limits for each person. Without a preference the least busy one is chosen.
public-feat-brand = Your look, two languages
public-feat-brand-text = Your colour everywhere, readable by day and by night. Pages and emails in French and English.
public-plans-title = Simple prices
public-plans-lead = No commitment. Every plan includes the public page, emails and your team.
public-plans-advised = Recommended
public-plans-month = a month
public-plans-bookings = { $count } bookings a month
public-plans-bookings-all = Bookings without limit
public-plans-members = { $count ->
    [one] { $count } account to sign in with
   *[other] { $count } accounts to sign in with
}
public-plans-staff = Team and services without limit
public-plans-feature = { $feature ->
    [email] Confirmations and calendar entries by email
   *[public_api] API access
}
public-plans-choose = Get started
public-seats = Seats
public-seats-show = Show times
public-seats-left = { $count ->
    [one] 1 left
   *[other] { $count } left
}
public-group = Group
public-checkout-title = Pay the deposit
public-checkout-lead = Your time is held until { $time }.
public-checkout-sandbox = Test payment
public-checkout-sandbox-text = No payment provider is connected: no card is asked for and no money moves.
public-checkout-pay = Pay { $amount }
public-manage-pay = Pay the deposit
public-manage-pay-until = To be paid by { $time }.
public-details-pay = Continue to payment

public-waitlist-hint = Nothing suits you?
public-waitlist-link = Join the waitlist
public-waitlist-title = Join the waitlist
public-waitlist-lead = When a time becomes free that suits you, { $tenant } keeps it for you and sends you an email: you take it with one click, or leave it.
public-waitlist-back = Back to the times
public-waitlist-when = When would you come?
public-waitlist-from = From
public-waitlist-to = Until
public-waitlist-part = { $part ->
    [morning] In the morning, before 12:00
    [afternoon] In the afternoon, 12:00 to 17:00
    [evening] In the evening, from 17:00
   *[any] At any time
}
public-waitlist-email-hint = The offer goes there.
public-waitlist-join = Join the waitlist
public-waitlist-state = { $status ->
    [waiting] You are on the waitlist
    [offered] A time is kept for you
    [booked] You took the time
    [lapsed] The time went to somebody else
   *[withdrawn] You are no longer on the waitlist
}
public-waitlist-state-lead = { $status ->
    [waiting] As soon as a time becomes free that suits you, { $tenant } writes to { $email }.
    [offered] See it and take it, before it is offered to the next in line.
    [booked] { $tenant } looks forward to seeing you.
    [lapsed] You did not take it in time. You can join the list again.
   *[withdrawn] You will not be written to any more.
}
public-waitlist-see = See the time
public-waitlist-booking = See my appointment
public-waitlist-again = See the free times
public-waitlist-leave = Leave the waitlist

public-repeat = Come regularly
public-repeat-every = How often
public-repeat-weeks = { $weeks ->
    [0] Once
    [1] Every week
   *[other] Every { $weeks } weeks
}
public-repeat-times = How many times in all
public-repeat-hint = On the same weekday and at the same time. If one of them is taken, you are asked before anything is booked.
public-series-title = Not every date is free
public-series-lead = { $free } of { $count } dates are free at this time. Nothing is booked yet.
public-series-free = Free
public-series-taken = Not free
public-series-nearest = The nearest that is free: { $when }
public-series-shift = Book { $count }, the nearest instead
public-series-skip = { $count ->
    [one] Book the one that is free
   *[other] Book the { $count } that are free
}
public-series-back = Choose another time
public-manage-series = All dates of this series
public-cancel-later = This and all later dates of the series
public-cancel-scope = What is cancelled
public-cancel-this = This date only
public-questions = { $tenant } asks
public-question-flaw = { $label }: { $text }
public-question-sent = { $name } was sent. Choose another to replace it.
public-question-file = JPEG, PNG, GIF or PDF, at most 10 MB.
public-zone = Time zone
public-zone-show = Show times
public-zone-change = Show times in another time zone
public-zone-own = { $tenant } is in another time zone: { $zone }.
public-visit = Your visit
public-visit-add = Add another service
public-visit-remove = Remove { $service }

public-nav-account = My account
public-account-title = My account
public-account-lead = See all your appointments at { $tenant } in one place. Without a password: a link comes to your mailbox.
public-account-ask = Send me a link
public-account-optional = You need no account to book. Only one appointment to see?
public-account-sent-title = Look into your mailbox
public-account-sent-lead = If { $tenant } knows this address, a link is on its way there. It works once, within a quarter of an hour.
public-account-sent-nothing = Nothing came? Look among the unwanted mails, and check the address.
public-account-again = Ask again
public-account-sign-in = Sign in
public-account-sign-in-lead = As { $email }, you will see your appointments at { $tenant } in this browser, until you sign out.
public-account-signed-in = Signed in as { $email }
public-account-upcoming = To come
public-account-nothing = No appointment is to come.
public-account-past = Earlier, or cancelled
public-account-series = What recurs
public-account-series-left = { $count ->
    [one] One more date: { $date }
   *[other] { $count } more dates, the next on { $date }
}
public-account-waiting = Waitlist
public-account-profile = My details
public-account-locale = Language of messages
public-account-email = Your address has changed? Tell { $tenant }: you sign in by it.
public-account-save = Save
public-account-saved = Saved.
public-account-sign-out = Sign out
public-account-sign-out-everywhere = Sign out everywhere
public-account-signed-out = You are signed out.
