// What each queue in Node is asked, and how it answers: COMMAND [ARGUMENTS], an object of JSON on standard output.
//
//   clear                      makes its tables, and empties them
//   left                       how many jobs are not done
//   enqueue N single|batch     one job a call, or a hundred; ten calls at once, or a hundred single ones
//   drain N CONCURRENCY        from the start of the first job until nothing is left in the store
//   latency N RATE             from before the call that enqueues to the start, in another process
//   work FILE CONCURRENCY      runs until it is killed; each job takes 5 ms, then writes its number to FILE
//   idle SECONDS               waits for jobs that don't come
import { fork } from "node:child_process";
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const [command, ...rest] = process.argv.slice(2);
const PLACES = 10;
const BATCH = 100;
// Of these the first don't count: nothing is warm yet.
const WARM_SECONDS = 2;

/** Milliseconds by the one clock that all processes share. */
const now = () => Number(process.hrtime.bigint()) / 1e6;

/** Calls `one` with 0, `step`, 2 × `step`… below `n`, some at once. */
async function spread(n, step, atOnce, one) {
  let next = 0;
  const lane = async () => {
    while (next < n) {
      const first = next;
      next += step;
      await one(first);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

/**
 * `queue`: clear(), left(), add(payload), addAll(payloads), and run(handler, concurrency), which goes on for good;
 * drain(handler, concurrency) instead where draining has a way of its own.
 */
export async function serve(queue) {
  const run = {
    clear: async () => (await queue.clear(), {}),
    left: async () => ({ left: await queue.left() }),

    async enqueue(n, mode) {
      const began = now();
      if (mode === "batch") {
        const payloads = (first) => Array.from({ length: Math.min(BATCH, n - first) }, (_, i) => ({ id: first + i }));
        await spread(+n, BATCH, 10, (first) => queue.addAll(payloads(first)));
      } else {
        await spread(+n, 1, 100, (id) => queue.add({ id }));
      }
      return { n: +n, rate: (n / (now() - began)) * 1000 };
    },

    async drain(n, concurrency) {
      let first;
      let started = 0;
      await new Promise((resolve, reject) => {
        const handler = async () => {
          first ??= now();
          if (++started === +n) resolve();
        };
        (queue.drain ?? queue.run)(handler, +concurrency).catch(reject);
      });
      // Whoever says that a job is done may not have written it yet.
      while (await queue.left()) await sleep(1);
      return { n: +n, started, left: 0, rate: (n / (now() - first)) * 1000 };
    },

    async latency(n, rate) {
      const warm = WARM_SECONDS * rate;
      const total = warm + +n;
      const worker = fork(fileURLToPath(new URL(process.argv[1], "file:")), ["receive", String(total)]);
      const heard = () => new Promise((resolve) => worker.once("message", resolve));
      await heard();
      const result = heard();
      const began = now();
      for (let i = 0; i < total; i++) {
        const early = began + (i * 1000) / rate - now();
        if (early > 0) await sleep(early);
        queue.add({ id: i, at: now() }).catch(fail);
      }
      const took = (await result).filter(([id]) => id >= warm).map(([, ms]) => ms).sort((a, b) => a - b);
      const share = (of) => took[Math.min(took.length - 1, Math.floor(took.length * of))];
      return { n: took.length, p50_ms: share(0.5), p99_ms: share(0.99), max_ms: took.at(-1) };
    },

    // The other process of `latency`.
    async receive(total) {
      const took = [];
      await new Promise((resolve, reject) => {
        const handler = async ({ id, at }) => {
          if (took.push([id, now() - at]) === +total) resolve();
        };
        queue.run(handler, PLACES).catch(reject);
        setTimeout(() => process.send("ready"), 1000);
      });
      await new Promise((resolve) => process.send(took, resolve));
    },

    async work(file, concurrency) {
      const handler = async ({ id }) => {
        await sleep(5);
        appendFileSync(file, `${id}\n`);
      };
      await queue.run(handler, +concurrency);
      await new Promise(() => setInterval(() => {}, 60_000));
    },

    async idle(seconds) {
      await queue.run(async () => {}, PLACES);
      await sleep(seconds * 1000);
      return {};
    },
  }[command];
  if (!run) fail(`no such command: ${command}`);
  const answer = await run(...rest).catch(fail);
  if (answer) console.log(JSON.stringify(answer));
  process.exit(0);
}

function fail(error) {
  console.error(error);
  process.exit(1);
}
