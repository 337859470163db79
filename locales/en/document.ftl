summary-title = Booking { $code }
summary-heading = Booking summary
summary-manage = See or cancel this booking
summary-footer = Issued by { $tenant } with Harmony on { $date }

export-name = Name
export-email = Email
export-phone = Phone
export-language = Language
export-note = Note
export-tags = Tags
export-blocked = Blocked
export-yes = yes
export-since = Customer since
