// BullMQ: REDIS_URL.
import { Queue, Worker } from "bullmq";
import { serve } from "./contract.mjs";

const { hostname: host, port } = new URL(process.env.REDIS_URL);
const connection = { host, port: +port, maxRetriesPerRequest: null };
const queue = new Queue("bench", { connection });
const opts = { removeOnComplete: true, attempts: 3 };
// A lost connection is an event, and an event that nobody hears ends the process.
const hear = (emitter) => emitter.on("error", (error) => console.error(error.message));
hear(queue);

await serve({
  clear: async () => (await queue.client).flushall(),
  left: async () => {
    const counts = await queue.getJobCounts("wait", "active", "delayed", "prioritized", "paused");
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  },
  add: (data) => queue.add("job", data, opts),
  addAll: (payloads) => queue.addBulk(payloads.map((data) => ({ name: "job", data, opts }))),
  run: (handler, concurrency) =>
    hear(new Worker("bench", (job) => handler(job.data), { connection, concurrency })).waitUntilReady(),
});
