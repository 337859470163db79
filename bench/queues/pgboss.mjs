// pg-boss: DATABASE_URL. BATCH=500: fetches and completes that many at a time. Without it one, or as many as may run, and is
// woken by NOTIFY.
import pg from "pg";
import { PgBoss } from "pg-boss";
import { serve } from "./contract.mjs";

const batchSize = +(process.env.BATCH ?? 1);
const notify = batchSize === 1;
const boss = new PgBoss({ connectionString: process.env.DATABASE_URL, max: 10, useListenNotify: notify });
boss.on("error", (error) => console.error(error.message));
await boss.start();
await boss.createQueue("bench", { notify });
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 });
pool.on("error", (error) => console.error(error.message));
const all = (handler, jobs) => Promise.all(jobs.map((job) => handler(job.data)));

await serve({
  clear: () => pool.query("TRUNCATE pgboss.job CASCADE"),
  left: async () => +(await pool.query("SELECT count(*) FROM pgboss.job WHERE state < 'completed'")).rows[0].count,
  add: (data) => boss.send("bench", data),
  addAll: (payloads) => boss.insert("bench", payloads.map((data) => ({ data }))),
  // Its workers rest half a second after each job: this is what they do without the rest.
  drain: (handler, concurrency) =>
    Promise.all(
      Array.from({ length: notify ? concurrency : 4 }, async () => {
        for (let jobs; (jobs = await boss.fetch("bench", { batchSize })).length; ) {
          await all(handler, jobs);
          await boss.complete("bench", jobs.map((job) => job.id));
        }
      }),
    ),
  run: (handler, concurrency) =>
    boss.work(
      "bench",
      // A NOTIFY wakes every worker: one that runs all is better than many.
      notify
        ? { batchSize: concurrency, burstWhenBatchFull: true }
        : { batchSize, burstWhenBatchFull: true, localConcurrency: 4, pollingIntervalSeconds: 0.5 },
      (jobs) => all(handler, jobs),
    ),
});
