booking-service = Service
booking-staff = With
booking-place = Where
booking-customer = For
booking-price = Price
booking-deposit = Deposit
booking-on-site = Due on the day
booking-note = Your note
booking-code = Booking code
booking-reason = Reason
price-free = Free
booking-deposit-paid = Deposit, paid
booking-policy = Cancelling
booking-policy-cancel = { $kind ->
    [never] To cancel, please get in touch.
    [late] Free to cancel until { $until }, then { $fee } is due.
    [until] Cancel online, free of charge, until { $until }.
   *[free] Cancel online, free of charge, until it begins.
}
booking-policy-move = Move it online until { $until }.
booking-policy-move-never = To move it, please get in touch.
booking-policy-no-show = Whoever does not come owes { $fee }.
booking-fee = { $status ->
    [no_show] Fee for not coming
   *[other] Fee for cancelling late
}
booking-fee-rest = Still due
booking-fee-back = You get back
booking-between = When
booking-between-dates = { $from } to { $to }
booking-times = Time of day
booking-agreed = Agreed
