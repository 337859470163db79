DROP TABLE allocations, bookings, customers;
