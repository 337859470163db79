DROP FUNCTION remove_unused_users;
DROP TABLE openings, closures, weekly_rules, service_rooms, rooms, service_staff, services, staff;
