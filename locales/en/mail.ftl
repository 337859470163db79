mail-greeting = Hello { $name },
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
mail-confirmation-manage-hint = You can see or cancel your appointment there.
mail-confirmation-summary = Download the summary (PDF)

mail-cancellation-subject = Cancelled: { $service }, { $when }
mail-cancellation-status = Cancelled
mail-cancellation-title = Your appointment is cancelled
mail-cancellation-lead = It has been taken out of the diary of { $tenant }. There is nothing you need to do.
mail-cancellation-preheader = { $when } ({ $zone }) is free again
mail-cancellation-manage = See the details

mail-verification-subject = Confirm your email address
mail-verification-title = Confirm your email address
mail-verification-lead = Welcome to Harmony. One click and { $tenant } is ready for its first bookings.
mail-verification-preheader = One click and { $tenant } is ready
mail-verification-button = Confirm my address
mail-verification-link = The button does not work? Copy this link into your browser:
mail-verification-ignore = You did not open an account? Then ignore this email: nothing happens without a click.
