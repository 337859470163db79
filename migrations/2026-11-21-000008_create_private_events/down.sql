DROP TABLE calendar_feeds, busy_blocks, private_events;
