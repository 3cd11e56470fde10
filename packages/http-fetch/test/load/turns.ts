/**
 * Loaded into the server (`--import`): on SIGUSR2 it writes to stderr how much of its processor the main thread took in its longest turn since the
 * last time, in milliseconds. Time on the processor, so that other work of the machine does not count.
 */
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  let most = 0;
  let last = process.threadCpuUsage();
  const turn = () => {
    const now = process.threadCpuUsage();
    most = Math.max(most, now.user - last.user + now.system - last.system);
    last = now;
    setImmediate(turn);
  };
  turn();
  process.on('SIGUSR2', () => {
    process.stderr.write(`turn ${most / 1_000}\n`);
    most = 0;
  });
}
