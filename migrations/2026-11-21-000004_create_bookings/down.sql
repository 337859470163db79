DROP TABLE allocations, bookings, group_sessions, customer_terms, customers;
