account-email = Email address
account-password = Password
account-password-new = New password
account-password-hint = At least 10 characters. A short sentence is easy to remember.
account-full-name = Your name
account-you = You
account-business = Your business
account-tenant-name = Name of the business
account-slug = Public address
account-slug-hint = Your customers book at { $host }/your-address. Left empty, it is made from the name.
account-zone = Time zone
account-locale = Language
account-locale-hint = Of your page and your mails.

account-login-title = Sign in
account-login-lead = Your calendar is waiting.
account-login-operators = The console of the platform, for its operators.
account-login-button = Sign in
account-login-link = Sign in
account-login-new = New here?
account-forgot-link = Forgotten your password?

account-signup-title = Open your booking page
account-signup-lead = Two minutes, and your customers book by themselves. Free up to 50 bookings a month.
account-signup-button = Create my page
account-signup-link = Create an account
account-signup-known = Already have an account?
account-signup-free = No card needed. Change plans whenever you like.

account-sent-title = Check your mail
account-sent-lead = We have written to the address you gave. Open the link in that mail to enter.
account-sent-nothing = Nothing has come?
account-sent-spam = It may take a minute, or lie in the spam. You can have it sent again.
account-sent-again = If the address waits to be confirmed, the mail is on its way.
account-resend = Send it again
account-outbox = Read the mail (development)

account-forgot-title = Forgotten your password?
account-forgot-lead = Give us your address: we send you a link to choose another.
account-forgot-button = Send the link
account-forgot-sent-title = Check your mail
account-forgot-sent-lead = If there is an account with this address, a link to choose a new password is on its way. It works once, within the hour.

account-reset-title = Choose a new password
account-reset-lead = Every device will be signed out.
account-reset-button = Save and sign in
account-password-changed = Your password is changed. Sign in with the new one.
account-signed-out = You are signed out.

account-verify-title = Confirm your address
account-verify-lead = Enter the password that you signed up with: it proves that the account is yours.
account-verify-lead-in = One click proves that this mail reached you.
account-verify-not-you = You did not sign up? Do nothing: without you this account stays unconfirmed.
account-verify-button = Confirm and enter
account-verified = Your address is confirmed. Welcome!

account-signed-out-everywhere = Every device is signed out.
account-password-current = Current password

account-email-title = { $what ->
    [undo] Keep your address?
   *[confirm] Confirm your new address
}
account-email-lead = { $what ->
    [undo] Your account gets { $email } back, every device is signed out, and you choose another password.
   *[confirm] From now on you sign in with { $email }.
}
account-email-button = { $what ->
    [undo] Keep my address and sign out everywhere
   *[confirm] Confirm my new address
}
account-email-confirmed = Your new address is confirmed.
account-email-undone = Your address stays. Every device is signed out: choose another password now.

account-code-title = One more step
account-code-lead = Your password is right. Now the code of your app.
account-code = Code
account-code-hint = Six digits of your app, or one of your recovery codes.
account-code-hint-recovery = One of your recovery codes.
account-code-lead-either = Your password is right. Now your passkey, or the code of your app.
account-code-lead-passkey = Your password is right. Now your passkey. If you have not got it at hand, one of your recovery codes lets you in.
account-code-passkey = Go on with a passkey
account-code-or = Or by a code
account-code-or-recovery = Or by a recovery code
account-code-back = Sign in as somebody else

account-invitation-title = Join { $tenant }
account-invitation-lead = This invitation is for { $email }.
account-invitation-role = As
account-invitation-button = Join
account-invitation-known = You have an account with this address already. Sign in, and you come back here.
account-invitation-other = You are signed in with another address. Sign out, then open the link again.
account-joined = Welcome! You are a member now.
account-removed = Your account is deleted.

account-unlock-title = Let me sign in
account-unlock-lead = Others have tried wrong passwords for { $email }. Go on here, and their guesses no longer stop you in this browser.
account-unlock-button = Go on
account-unlocked = You can sign in now.

account-identity-other = Or without a password
account-passkey-with = Sign in with a passkey
account-passkey-failed = That did not work, or was stopped. Try again.
account-identity-with = { $provider ->
    [google] Go on with Google
   *[microsoft] Go on with Microsoft
}
account-identity-new = This account is not linked to Harmony yet. Sign in with your password to link it, or create an account first.
account-identity-cancelled = Nobody was signed in: you have stopped halfway.
account-identity-late = This took too long, or was begun in another browser. Start again.
account-identity-away = The other service does not answer. Try again in a moment, or use your password.
account-identity-failed = The other service has not said who you are. Try again, or use your password.
account-identity-unproven = The other service does not confirm your email address, or it is none that your business allows.
account-identity-no-member = Your account is no member of this business.
account-identity-not-set-up = This way to sign in is not set up. Use your password.
account-sso-with = Go on through your business
account-sso-title = Sign in through your business
account-sso-lead = For members of a business that has a sign-in of its own.
account-sso-lead-of = { $tenant } has a sign-in of its own. You go on there, and come back here.
account-sso-business = Public address of the business
account-sso-business-hint = The last part of the address of its booking page.
account-sso-next = Go on
account-sso-go = Sign in there
account-sso-back = Sign in with a password
