// graphile-worker: DATABASE_URL. LOCAL_QUEUE=500: fetches that many at a time and completes what has gathered meanwhile.
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import pg from "pg";
import { serve } from "./contract.mjs";

const pgPool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const hear = (emitter) => emitter.on("error", (error) => console.error(error.message));
hear(pgPool).on("connect", hear);
const logger = new Logger(() => (level, message) => level === "error" && console.error(message));
const utils = await makeWorkerUtils({ pgPool, logger });
const size = +(process.env.LOCAL_QUEUE ?? 0);
const preset = { worker: size ? { localQueue: { size }, completeJobBatchDelay: 0 } : {} };
const options = { maxAttempts: 3 };

await serve({
  async clear() {
    await utils.migrate();
    await pgPool.query("TRUNCATE graphile_worker._private_jobs");
  },
  left: async () => +(await pgPool.query("SELECT count(*) FROM graphile_worker._private_jobs")).rows[0].count,
  add: (payload) => utils.addJob("job", payload, options),
  addAll: (payloads) => utils.addJobs(payloads.map((payload) => ({ identifier: "job", payload, ...options }))),
  run: (handler, concurrency) => run({ pgPool, concurrency, logger, preset, taskList: { job: handler } }),
});
