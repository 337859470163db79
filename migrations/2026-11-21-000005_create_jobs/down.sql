DROP TABLE schedule_ticks, jobs;
