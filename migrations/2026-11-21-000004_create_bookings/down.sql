DROP TABLE allocations, bookings, customer_terms, customers;
