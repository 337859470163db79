customers-count = { $count ->
    [one] One customer
   *[other] { $count } customers
}
customers-tags = Tags
customers-tags-hint = With commas between them, 20 at most. You can filter the list by them.
customers-all = All
customers-none-found = Nobody is found by that
customers-none-found-text = Try fewer words, the beginning of a word, or another tag.
customers-blocked = Blocked
customers-blocked-one = Blocked
customers-import = Import
customers-duplicates = Duplicates

customers-blocked-title = Can’t book online
customers-blocked-text = Since { $date }. Their email address and phone number are refused on your page; they are asked to contact you. You can still book for them.
customers-blocked-lead = Whoever is listed here can’t book online, whichever name they give: their email addresses and phone numbers are refused. They are not told why. You can still book for them.
customers-blocked-none = Nobody is blocked
customers-blocked-none-text = You block somebody on their own page.
customers-blocked-since = Since { $date }
customers-blocked-latest = Only the latest are shown.
customers-block = Block
customers-block-title = Block online booking
customers-block-text = Bookings by this email address or phone number are refused on your page, and the customer is asked to contact you. What is booked stands.
customers-block-reason = Reason, for your team alone
customers-unblock = Let them book again
customers-blocked-desk = Blocked online: you can still book for them.
customers-flash-blocked = Blocked: they can no longer book online.
customers-flash-unblocked = They can book online again.

customers-since = Customer since
customers-figure-bookings = Bookings
customers-figure-missed = No-shows
customers-figure-cancelled = Cancelled
customers-figure-spent = Spent
customers-last = Last visit
customers-next = Next booking
customers-consents = Consents
customers-terms = Terms accepted on { $date }
customers-marketing = News accepted on { $date }
customers-marketing-none = No news: they have not agreed to it
customers-consent-give = They want news
customers-consent-withdraw = They want no more news
customers-consent-noted = Noted.
customers-consent-log = What was said, and when
customers-consent-line = { $kind ->
    [terms] Terms accepted
   *[marketing] { $given ->
        [yes] News accepted
       *[no] News taken back
    }
  }
customers-consent-source = { $source ->
    [booking] when booking
    [customer] on their own page
   *[member] noted by the team
  }

customers-alike = Perhaps twice in your list
customers-alike-text = Same name or same phone number as { $name }.
customers-compare = Compare
customers-duplicates-lead = These share a phone number or a name. Compare them, and merge those who are one.
customers-duplicates-none = No duplicates
customers-duplicates-none-text = No two customers share a phone number or a name.
customers-same-phone = Same phone number
customers-same-name = Same name
customers-merge-title = Merge two customers
customers-merge-lead = Bookings, notes, tags and blocks of both go to the one you keep, and whoever books with either address is this customer. Name, address and language of the other are given up.
customers-keep = Whom to keep
customers-merge-sure = I know that this can’t be undone
customers-merge-do = Merge
customers-flash-merged = Merged: everything is here now.

customers-import-title = Import customers
customers-import-lead = Send the list of another program as CSV. You see its columns before anything is brought in.
customers-import-file = Your file
customers-import-hint = CSV from Excel, Google or another program, up to 10 MB and 50,000 rows. The first row names the columns; name and email address are needed.
customers-import-send = Continue
customers-import-kept = The file is deleted when it is brought in, the report after a week.
customers-import-earlier = Earlier imports
customers-import-state = { $state ->
    [uploaded] Not started
    [started] Under way
    [failed] Stopped
   *[done] Done
}
customers-import-back = Import another file
customers-import-rows = { $count ->
    [one] One row
   *[other] { $count } rows
} · { $encoding } · { $delimiter ->
    [comma] separated by commas
    [semicolon] separated by semicolons
   *[tab] separated by tabs
}
customers-import-columns = What do the columns say?
customers-import-columns-text = We have guessed. Columns you leave out are not brought in.
customers-import-column = Column “{ $name }”
customers-import-column-in-file = In the file
customers-import-column-rows = First rows
customers-import-column-says = It says
customers-field = { $field ->
    [name] Full name
    [first_name] First name
    [last_name] Last name
    [email] Email
    [phone] Phone
    [language] Language
    [tags] Tags
    [note] Note
    [row] The whole row
   *[none] Leave out
}
customers-import-known = Whoever is known by their email address
customers-import-skip = Stays as they are
customers-import-skip-text = Only new customers are added.
customers-import-update = Is updated
customers-import-update-text = What the file says replaces name, phone, language and note; tags are added. Empty cells change nothing.
customers-import-start = Bring them in
customers-import-under-way = Customers are brought in
customers-import-waits = The file will be brought in within a moment.
customers-import-failed = The import stopped
customers-import-failed-text = Nothing is lost: it goes on where it stopped.
customers-import-go-on = Go on
customers-import-done = The import is done
customers-import-made = New
customers-import-updated = Updated
customers-import-skipped = Already known
customers-import-refused = Refused
customers-import-refused-title = Rows that were refused
customers-import-refused-text = Correct them in your file and send it again: whoever is in already is known.
customers-import-more = Only the first are shown: the report has all.
customers-import-report = Download the report
customers-report-line = Line
customers-report-column = Column
customers-report-value = Value
customers-report-why = Reason
customers-flaw = { $code ->
    [REQUIRED] It is empty.
    [TOO_MANY] More than 20 tags.
    [TOO_MANY_CELLS] It has more cells than there are columns: a quotation mark may be missing.
   *[other] { $field ->
        [name] Not a name: at most 255 characters, without web addresses.
        [email] Not a complete email address.
        [phone] Not a complete phone number.
        [language] Neither French nor English.
        [tags] A tag has at most 40 characters.
        [note] At most 2,000 characters.
       *[other] It can’t be read.
    }
}
customers-flash-import = The import has begun.
customers-data = Data of this person
customers-data-text = Whoever asks is told what you know of them: their profile, their bookings, what they answered, the messages they got.
customers-data-file = Download everything
customers-erase-text = You forget who this was: name, addresses, notes, answers, files. What was booked stays in your figures, without a name. Nobody can undo it.
customers-erase-sure = I am sure
customers-erase = Erase this person
customers-erase-unsure = Nothing was erased: say that you are sure.
customers-erase-expected = This customer is still expected. Cancel what is ahead first.
customers-erased = The person is erased. What was booked stands.
