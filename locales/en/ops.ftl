ops-console = Console
ops-operator = Operator
ops-nav-fleet = Fleet
ops-nav-queues = Queues
ops-nav-jobs = Jobs
ops-nav-own = Your business
ops-nav-dashboard = Dashboard

ops-queue = { $queue ->
    [email] Mail
    [pdf] Documents
    [maintenance] Upkeep
    [dispatch] Dispatcher
   *[other] { $queue }
}
ops-kind = { $kind ->
    [send_booking_confirmation] Confirm a booking by mail
    [send_booking_cancellation] Tell of a cancellation by mail
    [send_booking_reschedule] Tell of a new time by mail
    [send_booking_reminder] Remind of a booking by mail
    [make_booking_summary] Make a booking’s document
    [send_email_verification] Ask to confirm an address
    [send_email_confirmation] Send a link for a new address
    [send_email_change_notice] Tell of a new address
    [send_invitation] Send an invitation
    [send_account_notice] Tell what happened to an account
    [send_platform_notice] Tell an owner what the platform did
    [send_password_reset] Send a link for a new password
    [send_unlock_link] Let somebody in who is locked out
    [send_customer_sign_in] Send a customer a link to sign in
    [send_account_reminder] Remind of an account
    [send_limit_warning] Warn that the plan is nearly used
    [remind_of_bookings] Remind of tomorrow’s bookings
    [remind_tenants] Remind where it is evening
    [expire_hold] End a hold that was not paid
    [send_waitlist_welcome] Waitlist: welcome
    [send_waitlist_offer] Waitlist: a time is offered
    [send_series_confirmation] Confirm what recurs
    [offer_freed_time] Offer freed time
    [export_customers] Write all customers into a file
    [drop_image] Remove a picture’s files
    [drop_export] Remove the file of an export
    [import_customers] Bring customers in from a file
    [drop_import] Remove the file of an import
    [drop_document] Remove a document
    [drop_intake_file] Remove a file that nobody booked with
    [extend_tenants] Look for recurring private events that come within reach
    [extend_private_events] Write out recurring private events
    [apply_retention] Look for what is kept too long
    [forget_old_records] Forget who came long ago
    [sweep_expired] Clear away what has expired
   *[other] { $kind }
}
ops-state = { $state ->
    [due] Due
    [leased] Under way
    [scheduled] Scheduled
   *[dead] Failed
}

ops-due = Due
ops-leased = Under way
ops-running = Running
ops-scheduled = Scheduled
ops-dead = Failed
ops-or-more = or more
ops-oldest = Oldest waits for
ops-oldest-head = Oldest waits
ops-nothing-waits = Nothing waits
ops-workers-of = { $workers ->
    [0] no worker
    [one] 1 worker, { $running } of { $places } places busy
   *[other] { $workers } workers, { $running } of { $places } places busy
}
ops-runs = { $count ->
    [0] no runs
    [one] 1 run
   *[other] { $shown } runs
}
ops-fine = In order
ops-late = Behind
ops-failing = Runs fail
ops-paused = Paused
ops-no-worker = Nobody works
ops-no-redis = Redis does not answer
ops-no-redis-text = Jobs wait in the database. Nothing is lost: they go out as soon as Redis is back.
ops-silent = Nothing hands out jobs
ops-silent-text = No dispatcher was heard of in the last 15 seconds. What is due waits until one runs.

ops-workers = Processes
ops-workers-none = Nobody was heard of
ops-workers-none-text = Processes tell of themselves every few seconds. None did in the last 15.
ops-worker-does = Does
ops-worker-host = Host
ops-worker-version = Version
ops-worker-running = Running
ops-worker-up = Up for

ops-all-queues = All queues
ops-pause = Pause
ops-resume = Go on
ops-paused-since = Paused since
ops-paused-text = Nothing more of this queue is handed out. What was under way ends; what comes in waits.
ops-settings = Fairness
ops-per-tenant = Jobs of one business at a time
ops-per-tenant-hint = { $most ->
    [0] From 1 to 100,000, of each priority. Left empty: as many as there are.
   *[other] From 1 to 100,000, of each priority. Left empty: { $most }.
}

ops-range = Period
ops-range-1h = Last hour
ops-range-24h = Last 24 hours
ops-range-7d = Last 7 days
ops-chart-throughput = Runs by outcome
ops-chart-waited = Time from due to started
ops-chart-ran = Time that runs took
ops-chart-spark = Last hour
ops-chart-none = Nothing ran
ops-figures = Figures
ops-from-utc = From (UTC)
ops-outcome-done = Done
ops-outcome-dropped = Nothing to do
ops-outcome-again = Tried again
ops-outcome-dead = Given up
ops-p50 = Half
ops-p95 = 95 %
ops-p99 = 99 %
ops-kinds = By kind
ops-kinds-none = Nothing ran in this period
ops-kinds-none-text = Runs are counted by the minute as they end.
ops-waited-head = Waited, 50 · 95 %
ops-ran-head = Took, 50 · 95 %

ops-find = Search
ops-find-hint = Id, business, kind or error
ops-queue-head = Queue
ops-tenant = Business
ops-platform = The platform
ops-job = Job
ops-attempts = Failures
ops-error = Error
ops-bulk = Bulk
ops-states = State of the jobs
ops-at = { $state ->
    [due] Due since
    [leased] Due since
    [scheduled] Due
   *[dead] Gave up
}
ops-ago = { $span } ago
ops-in = in { $span }
ops-chip-remove = take back
ops-none = { $state ->
    [due] Nothing waits
    [leased] Nothing is under way
    [scheduled] Nothing is scheduled
   *[dead] Nothing has failed
}
ops-none-text = { $state ->
    [due] Every job that was due is with the workers or done.
    [leased] No worker has anything to do.
    [scheduled] No job waits for its time.
   *[dead] Jobs that fail too often are kept here, to be looked at and tried again.
}
ops-none-found = No job is like that
ops-none-found-text = Search in another state, or for something else.
ops-none-here = None among the first 5,000
ops-none-here-text = A search looks at so many at a time.
ops-look-further = Look further

ops-back = Back to the list
ops-retry = Try again
ops-run-now = Run now
ops-delete = Remove
ops-delete-title = Remove a job
ops-delete-text = It will never run, and nothing of it is kept but a line in the audit trail.
ops-delete-do = Remove it
ops-keep = Keep it
ops-last-error = Why it failed last
ops-progress = Progress
ops-made = Enqueued
ops-leased-until = With a worker until
ops-deliveries = Handed out
ops-dedup = Only one of
ops-trace = Trace
ops-failures = Failed runs
ops-failures-none = No run has failed.
ops-run = Run { $number }
ops-payload = Payload
ops-gone = This job is not there, or no longer
ops-gone-text = Jobs that are done leave no row. Figures of their runs are on the page of their queue.

ops-bulk-hint = All that have failed here:
ops-retry-all = Try all again
ops-delete-all = Remove all
ops-bulk-title = { $deed ->
    [retry] Try all again
   *[delete] Remove all
}
ops-bulk-meant = { $count ->
    [one] failed job
   *[other] failed jobs
}
ops-bulk-text = { $deed ->
    [retry] They are due at once, with all their attempts before them. What fails from now on is not among them.
   *[delete] They will never run. What fails from now on is not among them.
}
ops-retry-all-do = Try them again
ops-delete-all-do = Remove them

ops-flash-paused = The queue is paused.
ops-flash-resumed = The queue goes on.
ops-flash-saved = Saved.
ops-flash-retried = The job is due again.
ops-flash-deleted = The job is removed.
ops-flash-retried-all = They are due again.
ops-flash-deleted-all = They are removed.
ops-flash-more = 100,000 are done. Do it once more for the others.
ops-flash-none = None of them were there any longer.
ops-flash-running = This job is with a worker. Wait for the end of its run.
ops-flash-gone = This job is done, or was removed.
ops-flash-changed = This job has moved on since you looked at it.

app-jobs = Activity
app-jobs-lead = What Harmony does for you behind your pages: mails, documents, tidying up.
app-jobs-due = Due
app-jobs-leased = Under way
app-jobs-scheduled = Planned
app-jobs-failed = Failed
app-jobs-coming = Waiting
app-jobs-next = next on { $date } at { $time }
app-jobs-retry = Try again
app-jobs-retried = It is tried again.
app-jobs-none-failed = Everything went well
app-jobs-none-failed-text = What can’t be done after several attempts is told here, and you can have it tried again.
ops-nav-tenants = Tenants
ops-nav-platform = Platform
ops-tenants-find = Name or address
ops-tenants-plan = Plan
ops-tenants-any-plan = All plans
ops-tenants-status = State
ops-tenants-any-status = All
ops-tenants-status-of = { $status ->
    [suspended] Suspended
   *[active] Active
}
ops-tenants-members = Members
ops-tenants-bookings = Bookings this month
ops-tenants-since = Since
ops-tenants-none = No tenant fits
ops-tenants-none-text = Try fewer words, or another plan.
ops-tenant-page = Public page
ops-tenant-jobs = Jobs
ops-tenant-owners = Owners
ops-tenant-usage = Used this month
ops-tenant-suspend = Suspend
ops-tenant-suspend-text = Nobody gets in, keys open nothing, and nobody can book. What is booked stands, and customers can still cancel. Owners get a mail with the reason.
ops-support-reason = Why you act for them
ops-support = Act for this tenant
ops-support-text = For an hour at most, you do the day’s work and the catalogue here; not the team, keys, settings, exports or erasures. The log tells what Harmony’s team did, and owners are mailed the reason now. You leave the console for it.
ops-support-begin = Begin
ops-support-ended = You act for the tenant no longer. Sign in to go back to the console.
ops-tenant-reason = Reason
ops-tenant-suspended = The tenant is suspended.
ops-tenant-suspended-since = Suspended since { $when }
ops-tenant-reinstate = Reinstate
ops-tenant-reinstated = The tenant is back.
