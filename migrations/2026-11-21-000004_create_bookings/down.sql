DROP TABLE allocations, bookings, booking_series, group_sessions, customer_import_flaws, customer_imports, blocked_contacts, customer_blocks, customer_tags, customer_keys, consents,
  customer_sessions, customer_sign_ins, customer_merges, customer_addresses, customer_terms, customers;
