DROP TABLE job_progress, workers, job_minutes, queue_settings, schedule_ticks, jobs;
