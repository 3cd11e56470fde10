import { fault } from './errno.ts';
import { refuseBinary, SNIFFED_BYTES } from './file-type.ts';
import type { ProvenFile } from './roots.ts';

const CHUNK_BYTES = 128 * 1024;
const LINE_END = 10;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** The bytes of some lines, and what was learnt about the file on the way. */
export interface Gathered {
  readonly bytes: Buffer;
  /** The first bytes of the file, which tell its type. */
  readonly start: Buffer;
  /** Lines of the whole file, where its end was seen and everything before it counted. */
  readonly totalLines: number | undefined;
}

/** What a reading needs: where from, how many bytes are of any use, and when to stop. */
export interface Reading {
  readonly file: ProvenFile;
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** Lines counted from 1, both ends included; `last` may be infinite. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** Reads a range of lines from the start of the file, holding one chunk and what it gathers, however far they are. */
export async function gatherLines(reading: Reading, { first, last }: Range): Promise<Gathered> {
  const parts: Buffer[] = [];
  let start: Buffer | undefined;
  let room = reading.maxBytes;
  let before = first - 1;
  let wanted = last - before;
  let lineEnds = 0;
  let lastByte = LINE_END;
  for await (const chunk of chunksOf(reading)) {
    const skipped = passLines(start === undefined ? withoutBom(chunk) : chunk, before);
    start ??= checkedStart(chunk, reading.file);
    const taken = passLines(skipped.rest.subarray(0, room), wanted);
    const part = skipped.rest.subarray(0, Math.min(room, skipped.rest.length) - taken.rest.length);
    parts.push(Buffer.from(part));
    lineEnds += skipped.passed + taken.passed;
    before -= skipped.passed;
    wanted -= taken.passed;
    room -= part.length;
    if (wanted === 0 || room === 0) return { bytes: Buffer.concat(parts), start, totalLines: undefined };
    lastByte = chunk.at(-1) ?? LINE_END;
  }
  const totalLines = lineEnds + (lastByte === LINE_END ? 0 : 1);
  return { bytes: Buffer.concat(parts), start: start ?? Buffer.alloc(0), totalLines };
}

/** Reads the last `count` lines backwards from the end of the file, as far as `maxBytes`: where a line began before that, it is broken. */
export async function gatherTail(reading: Reading, count: number): Promise<Gathered> {
  const { file, maxBytes } = reading;
  if (file.stats.size === 0) return tailOf(await readThrough(reading), count);
  const start = checkedStart(await readAt(reading, 0, Math.min(SNIFFED_BYTES, file.stats.size)), file);
  const most = Math.min(maxBytes, file.stats.size);
  for (let length = CHUNK_BYTES; ; length *= 2) {
    const bytes = await readAt(reading, file.stats.size - Math.min(length, most), Math.min(length, most));
    if (length >= most || startOfLast(bytes, count) > 0) return tailOf({ bytes, start, whole: bytes.length === file.stats.size }, count);
  }
}

interface Ending {
  readonly bytes: Buffer;
  readonly start: Buffer;
  /** Whether `bytes` is the whole file. */
  readonly whole: boolean;
}

function tailOf(ending: Ending, count: number): Gathered {
  const bytes = ending.whole ? withoutBom(ending.bytes) : ending.bytes;
  const from = startOfLast(bytes, count);
  const tail = { bytes: bytes.subarray(from), start: ending.start };
  if (!ending.whole) return { ...tail, totalLines: undefined };
  const lineEnds = passLines(bytes, Number.POSITIVE_INFINITY).passed;
  return { ...tail, totalLines: lineEnds + ((bytes.at(-1) ?? LINE_END) === LINE_END ? 0 : 1) };
}

/** Where the last `count` lines begin, or 0 if they do not begin in these bytes. */
function startOfLast(bytes: Buffer, count: number): number {
  let from = bytes.length;
  for (let left = count; left > 0 && from > 0; left -= 1) {
    // The byte before `from` ends the line that is looked for. (A negative offset would search from the end again.)
    from = from === 1 ? 0 : bytes.lastIndexOf(LINE_END, from - 2) + 1;
  }
  return from;
}

/** The end of a file that does not know its size, as those of /proc: it can only be read from the start. */
async function readThrough(reading: Reading): Promise<Ending> {
  const parts: Buffer[] = [];
  let start: Buffer | undefined;
  let held = 0;
  let whole = true;
  for await (const chunk of chunksOf(reading)) {
    start ??= checkedStart(chunk, reading.file);
    parts.push(Buffer.from(chunk));
    held += chunk.length;
    while (held - (parts[0]?.length ?? 0) >= reading.maxBytes) {
      held -= parts.shift()?.length ?? 0;
      whole = false;
    }
  }
  return { bytes: Buffer.concat(parts), start: start ?? Buffer.alloc(0), whole };
}

/** The file from its start in chunks, each a view of one reused buffer. It ends where a read brings nothing: the size on disk may lie. */
async function* chunksOf({ file, signal }: Reading): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(4096, file.stats.size + 1)));
  for (let position = 0; ; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function readAt({ file, signal }: Reading, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.handle.read(buffer, filled, Math.min(CHUNK_BYTES, length - filled), position + filled);
    // It has become shorter since it was opened.
    if (bytesRead === 0) throw fault('ECHANGED');
    filled += bytesRead;
  }
  return buffer;
}

/** The bytes after so many line ends, and how many were found. Lines are looked for in bytes: what is skipped is never decoded. */
function passLines(bytes: Buffer, count: number): { rest: Buffer; passed: number } {
  let from = 0;
  for (let passed = 0; passed < count; passed += 1) {
    const end = bytes.indexOf(LINE_END, from);
    if (end === -1) return { rest: bytes.subarray(bytes.length), passed };
    from = end + 1;
  }
  return { rest: bytes.subarray(from), passed: count };
}

function checkedStart(chunk: Buffer, file: ProvenFile): Buffer {
  refuseBinary(chunk, { path: file.path, size: file.stats.size });
  return Buffer.from(chunk.subarray(0, 512));
}

function withoutBom(bytes: Buffer): Buffer {
  return bytes.subarray(0, 3).equals(BOM) ? bytes.subarray(3) : bytes;
}
