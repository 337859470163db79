DROP TABLE intake_files, booking_terms, service_questions;
