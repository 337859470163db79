app-current = Current
app-archive = Archive
app-archive-do = Archive
app-archive-empty = Nothing is archived
app-archive-empty-text = What you archive is kept here and can come back at any time.
app-restore = Restore
app-save = Save
app-saved = Saved.
app-removed = Removed.
app-remove-date = Remove { $date }
app-edit-one = Edit { $name }
app-yes = yes
app-no = no
app-today = Today
app-pending = Waiting
app-minutes = In minutes.
app-minutes-tidy = In minutes, to tidy up or to breathe.
app-switched = You are in another business now.

app-stale-title = Saved meanwhile, unlike below:
app-stale-take = Drop what I typed and take what is saved

app-brand-color = Your colour
app-brand-text = It dresses your page, your buttons and your mails. Choose one, or your own, then see it right here.
app-brand-suggested = Suggested colours
app-brand-own = Your own
app-brand-try = Try it
app-brand-preview = Preview
app-brand-trial = You are trying this colour
app-brand-trial-text = Your customers see it once it is saved.
app-brand-sample-button = Book
app-brand-sample-note = Your appointment is confirmed
app-brand-sample-link = See all services
app-brand-contrast = Words stay readable on any colour: their contrast is at least 4.5:1, by day and by night.
app-brand-save = Save the colour

app-closures = Days off
app-closures-text = Holidays, public holidays, works: nobody can book on these days.
app-closure-from = From
app-closure-to = To, included
app-closure-reason = Reason
app-closure-add = Close these days
app-closure-added = These days are closed.
app-openings = Special hours
app-openings-text = A day unlike the others: these hours replace those of the week.
app-opening-date = Date
app-opening-start = Opens
app-opening-end = Closes
app-opening-add = Add these hours
app-opening-added = The hours of that day are added.

app-hours = Opening hours
app-hours-whose = Hours of
app-hours-business = Business
app-hours-of = Hours of { $name }
app-hours-week = Week
app-hours-closed = Closed
app-hours-off = No hours of their own
app-hours-add = Hours
app-hours-break = Break
app-hours-pause = Break
app-hours-copy = Copy
app-hours-copy-to = “Copy” repeats a day on:
app-hours-from = { $kind ->
    [break] Start of the break, { $day }
   *[other] Opens, { $day }
}
app-hours-to = { $kind ->
    [break] End of the break, { $day }
   *[other] Closes, { $day }
}
app-hours-remove = { $kind ->
    [break] Remove this break, { $day }
   *[other] Remove these hours, { $day }
}
app-hours-save = Save the hours
app-hours-zone = Local times ({ $zone }). Closing at 00:00 means midnight.
app-hours-not-offered = Not offered
app-hours-anytime = Whenever the team works
app-hours-service-text = Without hours here, the service is offered whenever its team works; with hours, within them alone.
app-hours-weeks = Weeks
app-hours-week-first = Usual week
app-hours-week-from = From { $date }
app-hours-week-new = This week is not saved yet
app-hours-week-new-text = It begins as the one before it: change what changes, then save.
app-hours-week-drop = Give this week up
app-hours-week-other = Another week from a date on
app-hours-week-other-text = Summer hours, a new rhythm: prepare them now, they hold from that date until the next.
app-hours-week-date = From
app-hours-week-prepare = Prepare the week
app-hours-fill = Fill in like
app-hours-fill-do = Fill in
app-hours-template = { $name ->
    [tenant] Business
    [office] Monday to Friday, 9 to 18
    [shop] Tuesday to Saturday, 9 to 19
   *[always] Every day, around the clock
}
app-hours-inherited = Follows the hours of the business
app-hours-inherited-text = Add hours to give them their own.
app-hours-stale = These hours changed meanwhile
app-hours-stale-text = What you typed is kept below: check it, then save again. Reloading the page shows what is saved.

app-limit = { $limit ->
    [bookings_per_month] Bookings this month
    [sms_per_month] Text messages this month
    [members] Members who sign in
   *[storage_bytes] Storage
}
app-limit-used = { $used } of { $max }
app-limit-free = { $used }, no limit
app-limit-none = Not included
app-limit-unlimited = Unlimited
app-plan = Plan
app-plan-compare = Compare the plans
app-plan-what = What is included
app-plan-price = { $price } a month
app-plan-mine = Yours
app-plan-resets = The counts of the month start again on { $date }.
app-feature = { $feature ->
    [email] Mails to customers
    [sms] Text messages to customers
    [calendar_sync] Calendar sync
    [deposits] Deposits
    [gift_cards] Gift cards
    [analytics] Advanced analytics
    [predictions] Forecasts
    [export] Export
    [public_api] Public API
    [webhooks] Webhooks
    [single_sign_on] Single sign-on
   *[white_label] White label
}

app-link-share = Share your page
app-link-text = Put this link on your networks, your site, your signature: your customers book by themselves.
app-link-copy = Copy the link
app-link-qr = QR code of your page
app-link-qr-text = To print for the window or the counter.
app-link-qr-get = Download the code
app-link-shared = I have shared it
app-link-address = Address of the page
app-link-slug = Address
app-link-slug-hint = Lower-case letters, digits and dashes. The old address leads to the new one.


app-services = Services
app-services-empty = No service yet
app-services-empty-text = Add what your customers can book: a name, a duration, a price.
app-service-new = New service
app-service-one = Service
app-service-what = The essentials
app-in-language = { $language ->
    [fr] In French
   *[en] In English
}
app-service-name = Name
app-service-name-example = Women’s cut
app-service-category = Category
app-service-category-hint = Groups the services on your page.
app-service-category-translated = Once is enough for all services of the category.
app-service-price = Price
app-service-price-hint = 0 for a free one.
app-service-description = Description
app-service-time = Time
app-service-duration = Duration
app-service-step = Offer a slot every
app-service-step-none = Duration of the service
app-service-step-hint = Shorter, more choice; longer, fewer gaps.
app-service-buffer-before = Time before
app-service-location = Where
app-service-location-business = Customers come to you
app-service-location-customer = You go to the customer
app-service-location-hint = Whoever books a service at their place says where that is.
app-service-travel = Travel time
app-service-travel-hint = In minutes, each way, where you go to the customer: nobody can book them.
app-service-buffer-after = Time after
app-service-rules = Booking rules
app-service-notice = At the latest
app-service-notice-none = Up to the last minute
app-service-notice-hint = Ahead of the appointment.
app-service-horizon = Days ahead
app-service-horizon-hint = How many days ahead one can book.
app-service-until = Until a date
app-service-until-hint = Empty: no last date.
app-service-deposit = Deposit (%)
app-service-deposit-hint = Asked for when booking; 0 for none.
app-service-deposit-plan = Deposits are part of the Pro plan; leave it at 0.
app-service-auto-confirm = Confirm at once
app-service-auto-confirm-hint = Otherwise each request waits for your answer.
app-service-active = Shown on your page
app-service-active-hint = When hidden, what is booked stays booked.
app-service-staff = Who provides it
app-service-staff-hint = Nobody ticked: the whole team, also later.
app-service-collective = All of them together
app-service-collective-hint = A slot is offered when everybody is free, and takes the time of all.
app-service-rooms = Rooms and equipment
app-service-rooms-hint = One of those ticked is taken for the time of the appointment. None ticked: none is needed.
app-service-hours-hint = Offered at some hours only: mornings, Thursdays, a season.
app-service-everybody = Whole team
app-service-hidden = Hidden
app-service-approval = By approval
app-service-archive = Archive the service
app-service-archive-hint = It can no longer be booked. What is booked stands.
app-service-added = The service is added.
app-service-archived = The service is archived.
app-service-restored = The service is restored.

app-settings = Settings
app-settings-profile = Profile
app-settings-brand = Look
app-settings-link = Link and QR
app-settings-business = Your business
app-settings-name = Name
app-settings-reach = How to reach you
app-settings-email = Email
app-settings-phone = Phone
app-settings-address = Address
app-settings-about = About your business
app-settings-city = City
app-settings-website = Website
app-settings-instagram = Instagram
app-settings-legal-name = Legal name
app-settings-legal-form = Legal form
app-settings-publisher = Who answers for the page
app-settings-siret = SIRET
app-settings-vat-id = VAT number
app-settings-about-hint = Stands at the top of your page.
app-settings-legal = Legal notice
app-settings-legal-hint = What your legal notice tells. French law asks for it.
app-settings-region = Language and time
app-settings-locale = Language
app-settings-locale-hint = Of your page, when the customer’s is not known.
app-settings-appointments = Appointments
app-settings-duration = Usual length
app-settings-duration-hint = In minutes. A new service begins with it.
app-settings-break = Usual break
app-settings-break-hint = In minutes, after an appointment: for the free time that the API tells.
app-settings-zone = Time zone
app-settings-zone-hint = Your hours are read in it. Changing it moves them all.

app-policy = Cancellation
app-policy-lead = What customers may do by themselves, and what it costs. A booking keeps the rules it was made under; you can always cancel, move and waive.
app-policy-who = What customers do online
app-policy-cancel = Cancel until
app-policy-move = Move until
app-policy-never = Never, only you do
app-policy-start = The appointment begins
app-policy-who-hint = Hours and days count before the appointment. What would cost to be cancelled can’t be moved online either.
app-policy-cost = What it costs
app-policy-free = Free of charge until
app-policy-free-hint = Before the appointment.
app-policy-late = Who cancels later owes
app-policy-no-show = Who does not come owes
app-policy-fee = { $of ->
    [nothing] Nothing
    [deposit] The deposit
   *[price] A part of the price
}
app-policy-late-rate = Part of the price, late
app-policy-no-show-rate = Part of the price, not come
app-policy-rate-hint = In percent, where you ask a part of the price.

app-embed = Your website
app-embed-lead = Customers book on a website of yours without leaving it.
app-embed-sites = Websites that may show your booking pages
app-embed-origins = Addresses, one per line
app-embed-origins-hint = At most ten, each without a page. With and without www are two addresses. Other websites show nothing but a link.
app-embed-code = Code for your website
app-embed-code-text = Put it where customers are to book. Without JavaScript they see a link.
app-embed-service = Service
app-embed-services-all = All services
app-embed-mode = How it is shown
app-embed-inline = In the page
app-embed-button = In a window, by a button
app-embed-lang = Language
app-embed-lang-auto = As the website
app-embed-show = Show the code
app-embed-copy = Copy the code
app-embed-preview = Preview
app-embed-preview-text = It works: what you book here is booked.
app-embed-flaw = “{ $line }”: { $text }

app-setup = First steps
app-setup-text = Four steps, and your page works for you.
app-setup-dismiss = Hide
app-setup-progress = Progress
app-setup-done = { $done } of 4
app-setup-is-done = done
app-setup-step = { $step ->
    [hours] Check your hours
    [service] Add your first service
    [page] Look at your page
   *[link] Share your link
}
app-setup-step-text = { $step ->
    [hours] Monday to Friday from 8 to 6, to begin with.
    [service] A name, a duration, a price.
    [page] As your customers will see it.
   *[link] On your networks, or as a QR code in the window.
}

app-team = Team
app-staff-new = New team member
app-staff-one = Team member
app-staff-name = Name
app-staff-name-hint = As your customers read it. A room or a chair can be booked too.
app-staff-email = Email
app-staff-email-hint = Never shown to customers.
app-staff-no-email = No email
app-staff-max = Appointments a day, at most
app-staff-max-hint = Empty: as many as the hours allow.
app-staff-a-day = { $count } a day at most
app-staff-weight = Share of the bookings (%)
app-staff-weight-hint = Of those that ask for nobody. 200: twice as many as the others.
app-staff-zone = Time zone
app-staff-zone-own = That of the business
app-staff-you = You
app-staff-hours = See the hours
app-staff-hours-hint = Their own hours, breaks and days off.
app-staff-archive = Archive this member
app-staff-archive-hint = They can no longer be booked. What is booked stands.
app-staff-added = The member is added.
app-staff-archived = The member is archived.
app-staff-restored = The member is restored.
app-rooms = Rooms
app-rooms-text = A cabin, a chair, a machine: used by one appointment at a time. Tick them in the services that need one.
app-rooms-empty = No room yet
app-rooms-empty-text = Without any, only the time of your team counts.
app-room-new = New room
app-room-name = Name
app-room-name-example = Cabin 1
app-room-name-of = Name of { $name }
app-room-name-invalid = A room needs a name of 255 characters at most.
app-room-rename = Save the name of { $name }
app-room-archive = Archive { $name }
app-room-add = Add the room
app-room-added = The room is added.
app-room-archived = The room is archived. No booking gets it any more.
app-room-restored = The room is restored.
app-staff-last = Somebody has to stay bookable: add another first.

app-start = Home
app-start-hello = Hello { $name }
app-start-today = Today
app-start-calendar = Calendar
app-start-bookings = Appointments
app-start-revenue = Planned today
app-start-pending = Waiting for you
app-start-next = Coming up
app-start-none = Nothing planned
app-start-none-text = Share your link: bookings will arrive here.
app-start-unverified = Confirm your email address
app-start-unverified-text = Open the link we sent you. Until then, 50 mails a day go out to your customers.

app-tenant-new = Another business
app-tenant-new-text = A second shop, another trade: its own services, hours and customers, with the same account.
app-tenant-open = Open
app-tenant-opened = The business is open. Here are its first steps.
app-service-capacity = Seats
app-service-capacity-hint = 1: each customer has a time of their own. More: a group session that several book together.
app-questions = Questions for customers
app-questions-hint = What you need to know before they come: allergies, a wish, a picture.
app-questions-edit = Edit the questions
app-questions-text = Whoever books this service is asked this. What was answered keeps the words of its question, even if you change them later.
app-questions-empty = Nothing is asked yet
app-questions-empty-text = Add a question, and it is asked with the next booking.
app-questions-stale = Somebody changed this service meanwhile
app-questions-stale-text = Your questions are kept below. Save again to put them in the place of the others.
app-questions-saved = The questions are saved.
app-questions-most = A service asks 20 questions at most.
app-question-number = Question { $number }
app-question-up = Move question { $number } up
app-question-down = Move question { $number } down
app-question-remove = Remove question { $number }
app-question-label = Question
app-question-label-example = What shall we photograph?
app-question-kind = Answer
app-question-kinds = { $kind ->
    [long_text] Several lines
    [choice] One choice
    [choices] Several choices
    [number] A number
    [date] A date
    [file] A picture or a PDF
    [consent] A box to agree to
   *[text] A short text
}
app-question-options = Choices
app-question-options-hint = One on each line, at least two.
app-question-options-translated = One on each line, in the same order. Empty: as they are.
app-question-min = At least
app-question-max = At most
app-question-help = Explanation
app-question-help-hint = Stands below the question.
app-question-required = Customers must answer
app-question-active = Asked now
app-question-add = Add a question

app-account = Your account
app-account-profile = Profile
app-account-security = Security
app-account-locale-hint = Of this dashboard and of the mails to you.
app-account-email = Email address
app-account-email-change = Use another address
app-account-email-new = New address
app-account-email-text = We write to both: a link to the new address makes it yours, a link to the old one undoes it for a week.
app-account-email-send = Send the link
app-account-email-asked = Open the link that we sent to the new address.
app-account-email-awaited = Waiting for { $email }
app-account-email-awaited-text = The link in that mail works for a day. Until then nothing changes.
app-account-email-withdraw = Don’t change it
app-account-email-withdrawn = Your address stays as it is.
app-security-verified = Confirmed
app-security-unverified = To be confirmed
app-security-password-change = Change the password
app-security-password-changed = Your password is changed. Every other device is signed out.
app-security-sessions = Signed-in devices
app-security-sessions-text = A lost phone, a shared computer? Sign them out here.
app-security-this-device = This device
app-security-unknown-device = Unknown device
app-security-seen = Last seen { $when }
app-security-end = Sign out
app-security-ended = That device is signed out.
app-security-end-others = Sign out all others
app-security-end-all = Sign out everywhere, here too
app-security-ended-others = Every other device is signed out.
app-security-events = Recent activity
app-security-events-text = Is there something you did not do? Change your password.
app-security-event = { $kind ->
    [signed_in] Signed in
    [password_changed] Password changed
    [password_reset] Password chosen anew by a link
    [email_change_asked] Another address asked for
    [email_changed] Address changed
    [email_change_undone] Change of address undone
    [second_factor_on] Two-factor sign-in turned on
    [second_factor_off] Two-factor sign-in turned off
    [recovery_code_used] Signed in by a recovery code
    [recovery_codes_made] Recovery codes made anew
    [identity_linked] Account of another service linked
    [identity_unlinked] Account of another service unlinked
    [passkey_added] Passkey added
    [passkey_removed] Passkey removed
    [passkey_refused] Passkey refused: there may be a copy of it
    [app_added] App for codes added
    [app_removed] App for codes removed
   *[signed_out_elsewhere] All other devices signed out
}

app-second-factor = Two-factor sign-in
app-second-factor-on = On
app-second-factor-is-on = Two-factor sign-in is on
app-second-factor-on-title = Turn two-factor sign-in on
app-second-factor-text = A code of an app on your phone, beside your password: whoever learns the one lacks the other.
app-second-factor-set-up = Set it up
app-second-factor-begin = Go on
app-second-factor-scan-title = Scan this with your app
app-second-factor-scan = Any app for codes will do, such as Aegis, Google Authenticator, 1Password or Bitwarden.
app-second-factor-qr = QR code for your app
app-second-factor-type = Can’t scan it? Type it
app-second-factor-copy = Copy the secret
app-second-factor-open = Open the app on this device
app-second-factor-first = The six digits that it shows
app-second-factor-confirm = Turn it on
app-second-factor-codes = Your recovery codes
app-second-factor-codes-text = Lost your phone? Each of these lets you in once, in the place of the app’s code or the passkey. Keep them where your phone is not.
app-second-factor-codes-once = Keep these codes now: they are not shown again.
app-second-factor-codes-copy = Copy all codes
app-second-factor-codes-kept = I have kept them
app-second-factor-codes-left = { $count ->
    [0] No recovery code is left: have others made.
    [one] One recovery code is left.
   *[other] { $count } recovery codes are left.
}
app-second-factor-codes-renew = Make other recovery codes
app-second-factor-codes-renew-text = The codes that you have now open nothing any more.
app-second-factor-remove-title = Turn two-factor sign-in off
app-second-factor-remove-text = Your password alone will let anybody in who knows it.
app-second-factor-remove = Turn it off
app-second-factor-removed = Two-factor sign-in is off.
app-second-factor-app-add = Add an app for codes
app-second-factor-app-added = Codes of your app are accepted, too.
app-second-factor-app-remove = Remove the app for codes
app-second-factor-app-removed = Codes of your app are no longer accepted.
app-second-factor-or = Or use what unlocks your phone or computer:
app-passkeys = Passkeys
app-passkeys-text = A passkey signs you in with what unlocks your device: a finger, a face, a PIN. Nobody can guess it or phish for it.
app-passkeys-manage = { $count ->
    [0] Add a passkey
    [one] See your passkey
   *[other] See your { $count } passkeys
}
app-passkeys-empty = You have none yet.
app-passkeys-full = You have ten passkeys. Remove one to add another.
app-passkey-none = Passkeys take a browser that has them, and the address that this site is known by.
app-passkey-noscript = To add a passkey, turn JavaScript on.
app-passkey-with-password = With the password
app-passkey-with-password-text = Your password was chosen anew by mail since you added this passkey. It is asked for after the password, and does not sign you in alone. Remove it and add it again to have that back.
app-passkey-added-on = Added { $when }
app-passkey-used = last used { $when }
app-passkey-edit = Change
app-passkey-add-title = Add a passkey
app-passkey-name = Name
app-passkey-name-hint = To know it by, such as “Phone” or “Laptop”.
app-passkey-begin = Go on
app-passkey-create-text = Your browser asks where to keep it. That takes a moment, and works for five minutes.
app-passkey-create = Create the passkey
app-passkey-added = The passkey is added. From now on it signs you in.
app-passkey-remove-title = Remove this passkey
app-passkey-remove-text = It will not sign you in any more. Delete it on your device, too.
app-passkey-remove = Remove
app-passkey-removed = The passkey is removed.

app-access = Access
app-access-members = Who can sign in
app-access-text = Members see and do what their role allows. Whoever only gives appointments needs no access: add them to the team.
app-access-room = { $used } of { $max } in your plan, open invitations included.
app-access-you = You
app-access-second-factor = Two-factor
app-access-seen = signed in { $when }
app-access-role = Role
app-access-role-of = Role of { $name }
app-access-change = Change the role of { $name }
app-access-remove = Remove { $name }
app-access-invitations = Invitations
app-access-until = until { $when }
app-access-revoke = Take it back
app-access-invite = Invite somebody
app-access-send = Send the invitation
app-access-verify = Confirm your own email address first: the link is in the mail that you got when you signed up.
app-access-full = Your plan has no room for another member.
app-access-plans = See the plans
app-access-table = What each role may do
app-access-may = May
app-access-yes = yes
app-access-no = no
app-access-permission = { $permission ->
    [read] See the calendar, services, customers
    [manage_bookings] Take, move and cancel bookings
    [manage_catalogue] Change services, team and hours
    [manage_tenant] Change profile, brand and policy
    [manage_team] Say who can sign in
    [manage_keys] Make keys of the API
    [read_audit] Read who changed what
   *[own_tenant] Give the business to another
}
app-access-give = Give the business to another member
app-access-give-text = They will be its owner, and you an administrator.
app-access-heir = New owner
app-access-invited = The invitation is on its way.
app-access-revoked = The invitation opens nothing any more.
app-access-changed = The role is changed.
app-access-removed = They can no longer sign in here.
app-access-given = The business has another owner.

app-account-remove = Delete my account
app-account-remove-text = You leave every business, and what we know of you goes. What you did there stays in their history, without your name. Whoever alone owns a business gives it to another first.
app-account-data = Your data
app-account-data-text = What we know of you: your profile, your businesses, your sessions and what happened to your account, as a file.
app-account-data-file = Download everything
app-api-keys = API keys
app-api-keys-text = With a key a program acts for your business: your website, a till, an automation.
app-api-keys-docs = How the API works
app-api-keys-used = used { $when }
app-api-keys-unused = never used
app-api-keys-until = until { $when }
app-api-keys-always = until you take it away
app-api-keys-revoke = Take { $name } away
app-api-keys-rotate = Replace this key
app-api-keys-rotate-text = You get a new key that may do the same. The old one works { $hours } hours more, so that nothing stops meanwhile.
app-api-keys-new = New key
app-api-keys-plan = API keys come with the Enterprise plan.
app-api-keys-name = Name
app-api-keys-name-hint = What it is for, such as “Website”
app-api-keys-life = Good for
app-api-keys-days = { $days ->
    [0] until I take it away
   *[other] { $days } days
}
app-api-keys-scopes = What it may do
app-api-keys-make = Make the key
app-api-keys-made = The key “{ $name }” is made
app-api-keys-once = Copy it now: it is not shown again.
app-api-keys-key = The key
app-api-keys-kept = I have kept it
app-api-keys-send = Your program sends it with each request:
app-api-keys-revoked = The key opens nothing any more.
app-audit = Change log
app-audit-text = Who changed what since { $since }: your plan keeps it that long. Nobody can change it.
app-audit-what = What
app-audit-all = Everything
app-audit-who = Who
app-audit-anybody = Anybody
app-audit-from = From
app-audit-to = To
app-audit-details = What changed
app-audit-field = Field
app-audit-before = Before
app-audit-after = After
app-audit-request = Request
app-audit-erased = What it said is erased, with the customer it was about.
app-audit-none-found = Nothing was changed like that
app-audit-none-found-text = Ask for other days, or for more kinds of things.
app-audit-none = Nothing has changed yet
app-audit-none-text = Every change of your business will be listed here.
app-audit-actor = { $actor ->
    [customer] A customer
    [operator] Harmony’s team
    [api_key] A key
    [user] A former member
   *[other] Harmony
}
app-audit-subject = { $subject ->
    [booking] Bookings
    [customer] Customers
    [waitlist] Waitlist
    [service] Services
    [staff] Team
    [room] Rooms
    [opening_rules] Hours
    [break_rules] Breaks
    [closure] Closures
    [opening] Openings
    [private_event] Private events
    [calendar_feed] Calendar feeds
    [tenant] The business
    [support] Support
    [member] Members
    [invitation] Invitations
    [api_key] API keys
    [job] Background work
   *[queue] Queues
}
app-audit-did = { $action ->
    [booking_create] Booked
    [booking_confirm] Booking confirmed
    [booking_accept] Request accepted
    [booking_cancel] Booking cancelled
    [booking_reschedule] Booking moved
    [booking_resize] Length of a booking changed
    [booking_update] Booking changed
    [booking_complete] Booking done
    [booking_miss] Customer did not come
    [booking_expire] Hold expired
    [booking_pay_deposit] Deposit paid
    [booking_waive_fee] Fee waived
    [customer_create] Customer added
    [customer_update] Customer changed
    [customer_block] Customer blocked
    [customer_unblock] Customer unblocked
    [customer_erase] Customer erased
    [customer_consent] Consent noted
    [customer_merge] Customers merged
    [customer_import] Customers imported
    [customer_export] Customers exported
    [waitlist_join] Joined the waitlist
    [waitlist_leave] Left the waitlist
    [waitlist_offer] Free time offered
    [service_create] Service added
    [service_update] Service changed
    [service_remove] Service archived
    [service_restore] Service restored
    [service_questions] Questions of a service changed
    [service_image] Picture of a service changed
    [staff_create] Team member added
    [staff_update] Team member changed
    [staff_remove] Team member archived
    [staff_restore] Team member restored
    [room_create] Room added
    [room_update] Room changed
    [room_remove] Room archived
    [room_restore] Room restored
    [opening_rules_replace] Hours changed
    [break_rules_replace] Breaks changed
    [closure_create] Closure added
    [closure_remove] Closure removed
    [opening_create] Opening added
    [opening_remove] Opening removed
    [private_event_create] Private event added
    [private_event_update] Private event changed
    [private_event_remove] Private event removed
    [private_event_import] Private events imported
    [calendar_feed_renew] Calendar feed renewed
    [calendar_feed_update] Calendar feed changed
    [calendar_feed_revoke] Calendar feed revoked
    [tenant_create] Business opened
    [tenant_update] Profile changed
    [tenant_rename] Address of the page changed
    [tenant_plan] Plan changed
    [tenant_logo] Logo changed
    [tenant_cover] Cover picture changed
    [tenant_set_policy] Policy changed
    [tenant_set_embedding] Embedding changed
    [tenant_set_second_factor] Two-factor sign-in asked of members
    [tenant_set_sign_on] Single sign-on set up
    [tenant_remove_sign_on] Single sign-on taken away
    [tenant_suspend] Business suspended
    [tenant_reinstate] Business reinstated
    [support_begin] Harmony’s support came in
    [support_end] Harmony’s support left
    [tenant_transfer] Business given to another
    [member_join] Member joined
    [member_leave] Member left
    [member_remove] Member removed
    [member_change_role] Role changed
    [invitation_create] Invitation sent
    [invitation_revoke] Invitation taken back
    [api_key_create] API key made
    [api_key_rotate] API key replaced
    [api_key_revoke] API key taken away
    [job_retry] Work started again
    [job_delete] Work removed
    [job_retry_all] Work started again
    [job_delete_all] Work removed
    [queue_pause] Queue paused
    [queue_resume] Queue resumed
    [queue_update] Queue changed
   *[other] { $raw }
}
app-access-factor = Two-factor sign-in
app-access-factor-text = Members without it reach nothing here until they have turned it on.
app-access-factor-without = { $count ->
    [0] Every member has it.
    [one] One member does not have it yet.
   *[other] { $count } members do not have it yet.
}
app-access-factor-on = Ask it of every member
app-access-factor-first = Turn it on for yourself first.
app-access-factor-changed = Saved.
app-support = You act for { $tenant } until { $until }
app-support-stop = Stop
app-second-factor-required = This business asks for two-factor sign-in. Turn it on to go on.

app-identity = Sign in with others
app-identity-text = What you link here signs you in, in the place of your password.
app-identity-provider = { $provider ->
    [google] Google
   *[microsoft] Microsoft
}
app-identity-add = { $provider ->
    [google] Link Google
   *[microsoft] Link Microsoft
}
app-identity-link-title = Is this yours?
app-identity-link-text = Link it only if it is yours: whoever has it can sign in as you.
app-identity-link-text-of = Link it only if it is yours. From then on { $tenant } can sign you in there, and nowhere else.
app-identity-link = Link it to my account
app-identity-linked = It is linked: from now on it signs you in.
app-identity-unlink-title = Unlink this?
app-identity-unlink-text = It will not sign you in any more. Your password still does.
app-identity-unlink = Unlink
app-identity-unlinked = It signs you in no longer.

app-sign-on = Single sign-on
app-sign-on-tab = SSO
app-sign-on-lead = Your members sign in with the account they have at your business: any provider of OpenID Connect will do, such as Entra ID, Google Workspace, Okta or Keycloak.
app-sign-on-plan = Single sign-on comes with the Enterprise plan.
app-sign-on-ours = Our side
app-sign-on-redirect = Give your provider this address to come back to:
app-sign-on-redirect-copy = Copy the address to come back to
app-sign-on-address = Your members sign in here:
app-sign-on-address-copy = Copy the address to sign in
app-sign-on-provider = Your provider
app-sign-on-issuer = Its address (issuer)
app-sign-on-issuer-hint = As its own documents name it, without /.well-known.
app-sign-on-client = Client ID
app-sign-on-secret = Client secret
app-sign-on-secret-hint = It is kept sealed and never shown. Left empty, it stays as it was.
app-sign-on-domains = Email domains
app-sign-on-domains-hint = With commas between them. Left empty, every address will do.
app-sign-on-change = Each member links their account once, with their password. Another provider or client ID knows nobody: all link theirs anew.
app-sign-on-set = Single sign-on is set up.
app-sign-on-remove = Take single sign-on away
app-sign-on-remove-text = Whoever came in by it is signed out, and what was linked is forgotten. Passwords still work.
app-sign-on-removed = Single sign-on is taken away.
