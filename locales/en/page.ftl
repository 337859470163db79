page-verify-title = Confirm your email address
page-verify-lead = One click, and your space can take its first bookings.
page-verify-button = Confirm my address
page-verify-done-title = Your address is confirmed
page-verify-done = Thank you. You can close this page.
