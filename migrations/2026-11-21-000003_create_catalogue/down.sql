DROP TABLE openings, closures, break_rules, opening_rules, service_staff, services, staff;
