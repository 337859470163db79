DROP TABLE openings, closures, weekly_rules, service_staff, services, staff;
