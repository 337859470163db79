summary-title = Booking { $code }
summary-heading = Booking summary
summary-manage = Move or cancel this booking
summary-footer = Issued by { $tenant } with Harmony on { $date }
