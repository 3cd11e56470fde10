/**
 * The load generator: a process of its own that keeps some sockets busy, each with one request at a time (closed loop). It writes the same
 * bytes again and again and looks at no more of an answer than its frame, its status and a marker: a third of what node:http costs as
 * a client, so that it takes little from the server.
 */
import { connect, type Socket } from 'node:net';

/** What to do, sent to this process by its parent. */
export interface LoadOrder {
  port: number;
  request: string;
  marker: string;
  connections: number;
  ms: number;
}

/** What came of it. */
export interface LoadResult {
  requests: number;
  failures: number;
  seconds: number;
  /** Of single requests, in milliseconds. */
  p50: number;
  p99: number;
  /** Part of the time that this process was busy: near 1, requests per second are its own limit, not the server's. */
  busy: number;
}

const HEADER_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');
const OK = Buffer.from('HTTP/1.1 200 ');

/** Whether the bytes are a whole answer. There is never more than one: the next request has not been sent. */
function isWhole(bytes: Buffer): boolean {
  const end = bytes.indexOf(HEADER_END);
  if (end < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString('latin1', 0, end))?.[1];
  if (length !== undefined) return bytes.length >= end + 4 + Number(length);
  return bytes.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK);
}

/** What all sockets share: what to send, when to stop, and what has been seen. */
interface Tally {
  message: Buffer;
  marker: Buffer;
  until: number;
  times: number[];
  failures: number;
}

/** One socket's conversation: the next request goes out when the answer to the last is whole. */
function converse(socket: Socket, tally: Tally): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = performance.now();
    let received: Buffer | undefined;
    socket.on('error', reject).on('close', () => reject(new Error('the server has closed a connection')));
    socket.on('data', (chunk: Buffer) => {
      received = received === undefined ? chunk : Buffer.concat([received, chunk]);
      if (!isWhole(received)) return;
      const now = performance.now();
      tally.times.push(now - sent);
      if (!isExpected(received, tally.marker)) tally.failures++;
      received = undefined;
      if (now >= tally.until) return resolve();
      sent = now;
      socket.write(tally.message);
    });
    socket.write(tally.message);
  });
}

function isExpected(answer: Buffer, marker: Buffer): boolean {
  return answer.subarray(0, OK.length).equals(OK) && answer.includes(marker);
}

async function run({ port, request, marker, connections, ms }: LoadOrder): Promise<LoadResult> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const tally = { message: Buffer.from(request), marker: Buffer.from(marker), until: started + ms, times: [], failures: 0 };
  const sockets = Array.from({ length: connections }, () => connect({ port, host: '127.0.0.1', noDelay: true }));
  try {
    await Promise.all(sockets.map((socket) => converse(socket, tally)));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const sorted = Float64Array.from(tally.times).sort();
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  return {
    requests: sorted.length,
    failures: tally.failures,
    seconds,
    p50: at(0.5),
    p99: at(0.99),
    busy: (user + system) / 1e6 / seconds,
  };
}

process.on('message', (order: LoadOrder) => {
  run(order).then(
    (result) => process.send?.(result),
    (error: Error) => process.send?.({ error: error.message }),
  );
});
process.on('disconnect', () => process.exit());
