ui-description = Online booking for people who receive people.
ui-skip = Skip to content
ui-nav-page = Page
ui-nav-main = Main
ui-nav-tabs = Main sections
ui-nav-start = Home
ui-nav-calendar = Calendar
ui-nav-bookings = Bookings
ui-nav-pending = waiting for an answer
ui-nav-customers = Customers
ui-nav-business = Business
ui-nav-services = Services
ui-nav-staff = Team
ui-nav-hours = Opening hours
ui-nav-setup = Setup
ui-nav-settings = Settings
ui-nav-plan = Plan
ui-nav-more = More
ui-reconnecting = Reconnecting
ui-booking-new = New booking
ui-tenant-new = Open another business
ui-public-page = See your page
ui-plan = { $plan ->
    [free] Free plan
    [pro] Pro plan
   *[enterprise] Enterprise plan
}
ui-role = { $role ->
    [owner] Owner
    [admin] Administrator
    [manager] Manager
    [staff] Team member
   *[viewer] Viewer
}
ui-logout = Sign out
ui-search = Find a customer, booking or service
ui-powered = Online booking by
ui-theme-dark = Switch to dark
ui-theme-light = Switch to light
ui-pages = Pages
ui-previous = Previous
ui-next = Next
ui-optional = optional
ui-cancel = Cancel
ui-close = Close
ui-copied = Copied
ui-loading = Loading
ui-keys = Keyboard shortcuts
ui-keys-switch = Use shortcuts of a single letter
ui-key-search = Search
ui-key-today = Today
ui-key-days = Back and forth in the calendar
ui-key-views = Day, week, month, list
ui-key-move = Move the chosen booking
ui-key-resize = Change its end
ui-errors = { $count ->
    [one] One thing needs your attention
   *[other] { $count } things need your attention
}

# What is wrong with one field. $field is the input's name, $code the kind of error.
flaw = { $field ->
    [file] { $code ->
        [REQUIRED] Choose a picture.
        [PICTURE_TOO_LARGE] This picture has more than 10 MB. Choose a smaller one.
        [PICTURE_TOO_MANY_PIXELS] This picture is too large: at most 40 million pixels.
        [PICTURE_SHAPE] This picture is too small or too narrow.
        [PICTURE_BROKEN] This file is damaged or incomplete.
       *[other] This file is not a JPEG, PNG, WebP or GIF picture.
    }
    [table] { $code ->
        [REQUIRED] Choose a file.
        [TABLE_TOO_LARGE] This file has more than 10 MB. Split it in two.
        [TABLE_EMPTY] This file has no rows below the names of its columns.
        [TABLE_TOO_MANY_ROWS] This file has more than 50,000 rows. Split it in two.
        [TABLE_TOO_MANY_COLUMNS] This file has more than 60 columns. Remove those you don’t need.
       *[other] This is not a CSV file. In Excel, choose “Save as”, then “CSV UTF-8”.
    }
    [fields] { $code ->
        [NO_EMAIL] Say which column has the email address.
        [NO_NAME] Say which column has the name.
       *[other] Two columns can’t say the same.
    }
    [tags] { $code ->
        [TOO_MANY] At most 20 tags.
       *[other] Use at most 40 characters for a tag, and commas between them.
    }
    [keep] Choose whom to keep.
    [sure] Check the box to confirm.
    [ics] { $code ->
        [REQUIRED] Choose a file.
        [TOO_LONG] This file has more than 5 MB, or too many events.
        [TOO_MANY] This file has more than 5 MB, or too many events.
       *[other] This file is not a calendar.
    }
    [email] { $code ->
        [REQUIRED] Enter an email address.
        [SAME] This is your address already.
       *[other] Enter a complete email address, such as camille@example.com.
    }
    [phone] Enter a complete phone number, such as +33 6 12 34 56 78.
    [password] { $code ->
        [REQUIRED] Enter a password.
        [GUESSABLE] This is too easy to guess. Put a few words together that do not belong together.
        [TOO_LONG] At most 200 characters.
       *[other] Choose a longer password: at least 10 characters.
    }
    [code] This code is wrong, or was used already.
    [removal_password] This is not your password.
    [current_password] This is not your password.
    [issuer] { $code ->
        [UNREACHABLE] No provider answers at this address, or it names another one.
       *[other] This is not the address of a provider, such as https://login.example.com.
    }
    [domains] Use at most 20 domains, such as example.com, with commas between them.
    [business] Enter the public address of your business, such as salon-lea.
    [support_reason] { $code ->
        [INVALID] At most 500 characters, and no control characters.
       *[other] Say why in at least 10 characters: its people read it.
    }
    [start] Choose a time.
    [staff_id] Choose a person.
    [full_name] Enter your name.
    [tenant_name] Enter the name of the business.
    [name] Enter a name.
    [slug] { $code ->
        [TAKEN] This address is taken. Choose another.
       *[other] Use 2 to 63 lower-case letters, digits and single dashes. Some words are reserved.
    }
    [origins] { $code ->
        [TOO_MANY] At most ten addresses.
        [INSECURE] The address must begin with https://.
        [HAS_PATH] Leave out what follows the name of the website: https://www.example.com.
        [WILDCARD] Write each address in full, without *.
       *[other] Enter the address of a website, such as https://www.example.com.
    }
    [price] Enter an amount, such as 48 or 48.50.
    [deposit] Enter a percentage from 0 to 100.
    [duration] Enter 5 to 1440 minutes, with the time before and after.
   *[other] { $code ->
        [REQUIRED] This can’t be empty.
        [TOO_LONG] This is too long.
        [OUT_OF_RANGE] This value is out of range.
        [UNKNOWN] This is no longer there.
        [BACKWARDS] The end must come after the start.
       *[other] This value is not valid.
    }
}
# What is wrong with a form as a whole.
flaw-code = { $code ->
    [VERSION_MISMATCH] Somebody changed this meanwhile. What you see below is what you typed: check it against the new state and save again.
    [SLOT_UNAVAILABLE] This time has just been taken. Choose another: what you typed is kept.
    [INVALID_CREDENTIALS] The email address or the password is wrong.
    [TOTP_REQUIRED] Enter the code of your app, or a recovery code.
    [TOTP_INVALID] This code is wrong, or was used already.
    [PASSKEY_INVALID] This passkey was not accepted. Try again, or sign in otherwise.
    [PASSKEY_EXISTS] This passkey is registered already.
    [PASSKEYS_NOT_OFFERED] There are no passkeys at this address.
    [LINK_INVALID] This took too long. Start again.
    [ALREADY_MEMBER] Somebody with this address is a member already.
    [ALREADY_INVITED] Somebody with this address is invited already.
    [LAST_OWNER] A business needs an owner: make somebody else one first.
    [EMAIL_NOT_VERIFIED] Confirm your own email address first.
    [SECOND_FACTOR_KEPT] Operators of the platform sign in by two factors.
    [SECOND_FACTOR_REQUIRED] Turn two-factor sign-in on for yourself first.
    [FORBIDDEN] Your role does not allow this.
    [EMAIL_TAKEN] An account with this email address exists already.
    [IDENTITY_TAKEN] This is linked to another account already.
    [PASSWORD_REQUIRED] You signed in through your business. Sign in with your password for this.
    [SLUG_TAKEN] This address is taken. Choose another.
    [PLAN_LIMIT_REACHED] Your plan’s limit is reached.
    [PLAN_FEATURE_MISSING] Your plan does not include this.
    [LAST_STAFF_MEMBER] Somebody has to stay bookable.
    [TOO_MANY_REQUESTS] Too many attempts. Wait a few minutes, then try again.
    [TOO_MANY_OF_THESE] There are too many of these already.
    [BOOKING_NOT_CANCELLABLE] This booking can no longer be cancelled.
    [BOOKING_NOT_CONFIRMABLE] This booking no longer waits for an answer.
    [BOOKING_NOT_MOVABLE] This booking can no longer be moved.
    [OUTSIDE_HOURS] Nobody works then. Choose another time, or say that it is outside of the hours.
    [GROUP_SESSION_FIXED] A group session keeps its time. Move its participants one by one.
    [BOOKING_NOT_CLOSABLE] Nobody can say yet how this booking ended.
    [CUSTOMER_EXISTS] A customer with this email address exists already. Find them instead.
    [CONTACT_THE_BUSINESS] This can’t be booked online. Please contact the business.
    [IDEMPOTENCY_MISMATCH] Your first booking is made. Send this again if you want another one.
    [BOOKING_NOT_FOUND] No booking has this code and email address.
   *[other] This could not be done. Check what you entered and try again.
}

refusal-title = { $kind ->
    [not-found] This page does not exist
    [too-many] Too many requests at once
    [forbidden] This is not open to you
    [suspended] This business is not available at the moment
    [stale] This page is too old
    [unsent] There is nothing to see here
    [failed] Something went wrong on our side
   *[refused] This could not be done
}
refusal-lead = { $kind ->
    [not-found] The address may be incomplete, or the link is no longer valid.
    [too-many] Wait a minute, then try again.
    [forbidden] Your role does not allow it. Ask an owner of the business.
    [suspended] Nothing can be booked or changed here for now. What is booked stands, and the link in its confirmation still works.
    [stale] You have signed in anew or gone to another business since, perhaps in another window. Go back, load the page again and send it once more: nothing was saved.
    [unsent] This address only takes what a form sends. Go back to the page you came from.
    [failed] Try again in a moment. Nothing that was saved is lost.
   *[refused] One of the values that were sent is not valid. Go back and try again.
}
refusal-request = If it keeps happening, give us this reference:
refusal-home = Back to the start
