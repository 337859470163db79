mail-greeting = Hello { $name },
mail-visit-line = { $service }, with { $staff }
mail-line = { $label }: { $value }
mail-sent-by = Sent by Harmony for { $tenant }
mail-sent-by-harmony = Sent by Harmony, the appointment book of independents
mail-contact = A question? Contact { $tenant }:

mail-confirmation-subject = Confirmed: { $service }, { $when }
mail-confirmation-status = Confirmed
mail-confirmation-title = Your appointment is confirmed
mail-confirmation-lead = { $tenant } looks forward to seeing you.
mail-confirmation-preheader = With { $staff }, { $when } ({ $zone })
mail-confirmation-manage = Manage my booking
mail-confirmation-manage-hint = You can see, move or cancel your appointment there.
mail-confirmation-summary = Download the summary (PDF)

mail-reschedule-subject = Moved: { $service }, { $when }
mail-reschedule-status = Moved
mail-reschedule-title = Your appointment has been moved
mail-reschedule-lead = This is its new date. { $tenant } looks forward to seeing you.
mail-reschedule-pending = This is the date you asked for. { $tenant } will confirm the new time.

mail-tomorrow-subject = Tomorrow: { $service }, { $when }
mail-tomorrow-status = Tomorrow
mail-tomorrow-title = Your appointment is tomorrow
mail-tomorrow-lead = { $tenant } looks forward to seeing you. If you can't come, please move or cancel it with the button below.

mail-cancellation-subject = Cancelled: { $service }, { $when }
mail-cancellation-status = Cancelled
mail-cancellation-title = Your appointment is cancelled
mail-cancellation-lead = It has been taken out of the diary of { $tenant }. There is nothing you need to do.
mail-cancellation-preheader = { $when } ({ $zone }) is free again
mail-cancellation-manage = See the details

mail-series-subject = Confirmed: { $service }, from { $when } on
mail-series-title = Your { $count } appointments are confirmed

mail-waitlist-subject = You are on the waitlist: { $service }
mail-waitlist-status = Waitlist
mail-waitlist-title = You are on the waitlist
mail-waitlist-lead = As soon as a time becomes free that suits you, { $tenant } keeps it for you and writes to you.
mail-waitlist-manage = See it, or leave the list

mail-offer-subject = A time is free for you: { $service }, { $when }
mail-offer-status = Kept for you
mail-offer-title = A time has become free
mail-offer-lead = { $tenant } keeps it for you until { $until }. After that it is offered to the next in line.
mail-offer-take = Take this time

mail-verification-subject = Confirm your email address
mail-verification-title = Confirm your email address
mail-verification-lead = Welcome to Harmony. Confirm your address and { $tenant } is ready for its first bookings.
mail-verification-preheader = Confirm your address and { $tenant } is ready
mail-verification-button = Confirm my address
mail-verification-link = The button does not work? Copy this link into your browser:
mail-verification-ignore = You did not open an account? Then ignore this email: nothing happens without a click.

mail-account-subject = { $about ->
    [reset_link] Choose a new password
    [reminder] You already have a Harmony account
    [unlock_link] Too many attempts to sign in
    [email_confirmation] Confirm your new email address
    [email_change] Your email address is about to change
    [second_factor_on] Two-factor sign-in is on
    [second_factor_off] Two-factor sign-in is off
    [recovery_code_used] A recovery code was used
    [recovery_codes_made] Your recovery codes are new
    [identity_linked] An account of another service is linked
    [identity_unlinked] An account of another service is unlinked
    [passkey_added] A passkey was added
    [passkey_removed] A passkey was removed
    [passkey_refused] A passkey was refused
    [app_added] An app for codes was added
    [app_removed] Your app for codes was removed
   *[other] Your password was changed
}
mail-account-title = { $about ->
    [reset_link] Choose a new password
    [reminder] You already have an account
    [unlock_link] Too many attempts to sign in
    [email_confirmation] Confirm your new address
    [email_change] Your address is about to change
    [second_factor_on] Two-factor sign-in is on
    [second_factor_off] Two-factor sign-in is off
    [recovery_code_used] A recovery code was used
    [recovery_codes_made] Your recovery codes are new
    [identity_linked] An account of another service is linked
    [identity_unlinked] An account of another service is unlinked
    [passkey_added] A passkey was added
    [passkey_removed] A passkey was removed
    [passkey_refused] A passkey was refused
    [app_added] An app for codes was added
    [app_removed] Your app for codes was removed
   *[other] Your password was changed
}
mail-account-lead = { $about ->
    [reset_link] You asked for a new password for Harmony. This link works once, within the hour, and signs out every device.
    [reminder] Somebody, probably you, tried to sign up to Harmony with this address. It has an account already: sign in, or choose a new password if you have forgotten yours.
    [unlock_link] Somebody tried wrong passwords for your Harmony account, so signing in with a password is slowed down. By this link you sign in all the same. It works for an hour.
    [email_confirmation] You want to sign in to Harmony with this address from now on. The link works for a day.
    [email_change] Your Harmony account is to have another address: { $email }. If that was you, there is nothing to do.
    [password_reset] A new password was chosen by the link that we had sent you. Every device was signed out.
    [second_factor_on] Signing in to Harmony takes a code of your app from now on.
    [second_factor_off] Signing in to Harmony takes your password alone from now on.
    [recovery_code_used] Somebody, probably you, signed in to Harmony by one of your recovery codes.
    [recovery_codes_made] Other recovery codes were made for your Harmony account. Those before open nothing any more.
    [identity_linked] An account of another service was linked to your Harmony account: whoever has it can sign you in. You see it on the page of security.
    [identity_unlinked] An account of another service was unlinked from your Harmony account: it signs you in no longer.
    [passkey_added] A passkey was added to your Harmony account: it signs you in without the password, and is asked for after it.
    [passkey_removed] A passkey was removed from your Harmony account. It signs nobody in any more.
    [passkey_refused] Somebody came with a passkey of your Harmony account that is older than its last use: there may be a copy of it. It signed nobody in. Remove it, and add it anew.
    [app_added] Codes of your app are accepted beside your passkeys from now on.
    [app_removed] Codes of your app are no longer accepted. Your passkeys go on.
   *[other] The password of your Harmony account was changed. Every other device was signed out.
}
mail-account-button = { $about ->
    [reset_link] Choose a new password
    [reminder] Sign in
    [unlock_link] Let me sign in
    [email_confirmation] Confirm my new address
    [email_change] It was not me
   *[other] It was not me: choose another
}
mail-account-ignore = { $about ->
    [reset_link] You did not ask for this? Then ignore this email: your password stays as it is.
    [reminder] It was not you? Then ignore this email: nothing has changed.
    [unlock_link] You are not trying to sign in? Then there is nothing to do: nobody got in.
    [email_confirmation] You did not ask for this? Then ignore this email: nothing happens without a click.
    [email_change] Within a week the link gives you your address back, ends every session and has you choose another password.
   *[other] It was you? Then there is nothing to do.
}
mail-account-when = When
mail-account-device = Device
mail-account-network = Network

mail-platform-subject = { $act ->
    [support] Harmony’s support works in { $tenant }
    [suspend] { $tenant } is suspended
   *[reinstate] { $tenant } is no longer suspended
}
mail-platform-status = { $act ->
    [support] Support
    [suspend] Suspended
   *[reinstate] Open again
}
mail-platform-lead = { $act ->
    [support] Somebody of Harmony acts in { $tenant } for an hour at most, for the reason below. What they do stands in the log, as done by Harmony’s team. They reach no account, no key and no setting.
    [suspend] Harmony has suspended { $tenant }. Nobody gets in, its keys open nothing, and nobody can book. What is booked stands, and customers can still cancel.
   *[reinstate] Harmony has ended the suspension of { $tenant }. Everybody gets in as before, and customers can book.
}
mail-platform-reason = { $act ->
    [support] Reason
    [suspend] Reason
   *[reinstate] It was suspended for
}
mail-platform-why = You get this email because you own this business.

mail-limit-near-subject = Close to the limit: { $used } of { $max } { $what }
mail-limit-near-status = Nearly full
mail-limit-near-title = You are close to a limit of your plan
mail-limit-near-effect = { $limit ->
    [bookings_per_month] When all are used, no more bookings are taken.
   *[other] When all are used, no more are accepted.
}
mail-limit-full-subject = Limit reached: { $max } { $what }
mail-limit-full-status = Limit reached
mail-limit-full-title = You have reached a limit of your plan
mail-limit-full-effect = { $limit ->
    [bookings_per_month] For now your customers cannot book; what is booked stands.
   *[other] For now no more are accepted.
}
mail-limit-near-lead = { $tenant } has used { $used } of the { $max } { $what } that its plan includes.
mail-limit-full-lead = { $tenant } has used all { $max } { $what } that its plan includes.
mail-limit-resets = The count starts again on { $date }.
mail-limit-more = The { $plan } plan includes { $max } { $what }.
mail-limit-unlimited = The { $plan } plan has no such limit.

limit-what = { $limit ->
    [bookings_per_month] bookings this month
    [sms_per_month] text messages this month
    [shoots_per_month] shoots this month
    [api_calls_per_month] API calls this month
    [members] members
    [storage_bytes] bytes of storage
   *[audit_log_days] days of audit log
}
plan-name = { $plan ->
    [free] Free
    [pro] Pro
   *[enterprise] Enterprise
}

mail-invitation-subject = { $inviter } invites you to { $tenant }
mail-invitation-title = Join { $tenant }
mail-invitation-lead = { $inviter } invites you to work with { $tenant } on Harmony: its calendar, its bookings, its customers.
mail-invitation-role = As
mail-invitation-button = See the invitation
mail-invitation-ignore = The link works for a week. You don’t know who that is? Then ignore this email.

mail-sign-in-subject = Your link to { $tenant }
mail-sign-in-title = Your account at { $tenant }
mail-sign-in-lead = By this link you see your appointments at { $tenant } and what is kept of you. It works once, within a quarter of an hour.
mail-sign-in-button = Sign in
mail-sign-in-ignore = You did not ask for this? Then ignore this email: nobody signs in without it.
