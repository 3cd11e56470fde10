import { createHash, hash } from 'node:crypto';
import { bytesBeyond, type Encoding } from './encoding.ts';
import { fault } from './errno.ts';
import { SNIFFED_BYTES, textEncodingOf } from './file-type.ts';
import type { ProvenFile } from './roots.ts';

const CHUNK_BYTES = 128 * 1024;

/** Beyond that, a hash would take longer than the reading, for a file that nobody edits with these tools. */
const HASHED_BYTES = 64 * 1024 * 1024;

/** What the first bytes of a file tell. */
interface Beginning {
  /** The first bytes themselves. */
  readonly start: Buffer;
  readonly encoding: Encoding;
}

/** The bytes of some lines, and what was learnt about the file on the way. */
export interface Gathered extends Beginning {
  readonly bytes: Buffer;
  /** Lines of the whole file, where its end was seen and everything before it counted. */
  readonly totalLines: number | undefined;
  /** Hash of the whole file in hexadecimal, where all of it went by and it is no larger than 64 MiB. */
  readonly sha256: string | undefined;
}

/** What a reading needs: where from, how many characters are of any use, and when to stop. */
export interface Reading {
  readonly file: ProvenFile;
  readonly budget: number;
  readonly signal: AbortSignal | undefined;
}

/** Lines counted from 1, both ends included; `last` may be infinite. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** Reads a range of lines from the start of the file, holding one chunk and what it gathers, however far they are. */
export async function gatherLines(reading: Reading, { first, last }: Range): Promise<Gathered> {
  const stream = await openStream(reading);
  const { encoding } = stream;
  const parts: Buffer[] = [];
  let room = bytesBeyond(reading.budget, encoding);
  let before = first - 1;
  let wanted = last - before;
  let lineEnds = 0;
  let lineIsOpen = false;
  for await (const chunk of stream.chunks) {
    const skipped = passLines(chunk, before, encoding);
    const taken = passLines(skipped.rest.subarray(0, room), wanted, encoding);
    const part = skipped.rest.subarray(0, Math.min(room, skipped.rest.length) - taken.rest.length);
    parts.push(Buffer.from(part));
    lineEnds += skipped.passed + taken.passed;
    before -= skipped.passed;
    wanted -= taken.passed;
    room -= part.length;
    lineIsOpen = endsOpen(chunk, encoding);
    if (wanted > 0 && room > 0) continue;
    // What is left of a small file was read with it, and is only counted.
    if (!stream.isAtEnd()) return { ...stream.beginning, bytes: Buffer.concat(parts), totalLines: undefined, sha256: undefined };
    lineEnds += passLines(skipped.rest.subarray(part.length), Number.POSITIVE_INFINITY, encoding).passed;
    break;
  }
  return { ...stream.beginning, bytes: Buffer.concat(parts), totalLines: lineEnds + (lineIsOpen ? 1 : 0), sha256: stream.sha256() };
}

/** Reads the last `count` lines backwards from the end of the file, as far as is of use: where a line began before that, it is broken. */
export async function gatherTail(reading: Reading, count: number): Promise<Gathered> {
  const { file, budget } = reading;
  const { size } = file.stats;
  if (size === 0) return tailOf(await readThrough(reading), count);
  const beginning = beginningOf(await readAt(reading, 0, Math.min(SNIFFED_BYTES, size)), file);
  // A small file is read whole, so that its lines can be counted.
  const most = Math.min(Math.max(bytesBeyond(budget, beginning.encoding), CHUNK_BYTES), size);
  for (let length = CHUNK_BYTES; ; length *= 2) {
    const wanted = size - Math.min(length, most);
    const position = wanted - (wanted % beginning.encoding.unitBytes);
    const bytes = await readAt(reading, position, size - position);
    const whole = position === 0;
    if (length < most && startOfLast(bytes, count, beginning.encoding) === 0) continue;
    if (!whole) return tailOf({ ...beginning, bytes, whole, sha256: undefined }, count);
    return tailOf({ ...beginning, bytes: bytes.subarray(beginning.encoding.mark.length), whole, sha256: hash('sha256', bytes) }, count);
  }
}

interface Ending extends Beginning {
  readonly bytes: Buffer;
  /** Whether `bytes` is the whole file but its byte order mark. */
  readonly whole: boolean;
  readonly sha256: string | undefined;
}

function tailOf({ whole, bytes, ...rest }: Ending, count: number): Gathered {
  const tail = { ...rest, bytes: bytes.subarray(startOfLast(bytes, count, rest.encoding)) };
  if (!whole) return { ...tail, totalLines: undefined };
  const lineEnds = passLines(bytes, Number.POSITIVE_INFINITY, rest.encoding).passed;
  return { ...tail, totalLines: lineEnds + (endsOpen(bytes, rest.encoding) ? 1 : 0) };
}

/** Where the last `count` lines begin, or 0 if they do not begin in these bytes. */
function startOfLast(bytes: Buffer, count: number, { lineEnd, searchedAs, unitBytes }: Encoding): number {
  let from = bytes.length;
  for (let left = count; left > 0 && from > 0; left -= 1) {
    // The unit before `from` ends the line that is looked for. (A negative offset would search from the end again.)
    const before = from - 2 * unitBytes;
    const found = before < 0 ? -1 : bytes.lastIndexOf(lineEnd, before, searchedAs);
    from = found === -1 ? 0 : found + unitBytes;
  }
  return from;
}

/** The end of a file that does not know its size, as those of /proc: it can only be read from the start. */
async function readThrough(reading: Reading): Promise<Ending> {
  const stream = await openStream(reading);
  const most = bytesBeyond(reading.budget, stream.encoding);
  const parts: Buffer[] = [];
  let held = 0;
  let whole = true;
  for await (const chunk of stream.chunks) {
    parts.push(Buffer.from(chunk));
    held += chunk.length;
    while (held - (parts[0]?.length ?? 0) >= most) {
      held -= parts.shift()?.length ?? 0;
      whole = false;
    }
  }
  return { ...stream.beginning, bytes: Buffer.concat(parts), whole, sha256: stream.sha256() };
}

/**
 * A file from its start, without its byte order mark, in chunks of whole units, each a view of one reused buffer. It ends where a read
 * brings nothing, or stops short where the size on disk says; alone, that may lie. `sha256` is for when all of it was read.
 */
async function openStream({ file, signal }: Reading) {
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(SNIFFED_BYTES, file.stats.size + 1)));
  const hashing = createHash('sha256');
  let position = 0;
  const readOn = async () => {
    signal?.throwIfAborted();
    const { bytesRead } = await file.handle.read(buffer, 0, buffer.length, position);
    return buffer.subarray(0, bytesRead);
  };
  const first = await readOn();
  const beginning = beginningOf(first, file);
  const { mark, unitBytes } = beginning.encoding;
  const isAtEnd = () => position === file.stats.size;
  const readNext = async (before: Buffer) => (isAtEnd() && before.length < buffer.length ? buffer.subarray(0, 0) : await readOn());
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let read = first; read.length > 0; read = await readNext(read)) {
      // Half a unit is read again with the other half. At the end of the file there is none.
      const chunk = read.length === 1 ? read : read.subarray(0, read.length - (read.length % unitBytes));
      if (position < HASHED_BYTES) hashing.update(chunk);
      const isFirst = position === 0;
      position += chunk.length;
      yield isFirst ? chunk.subarray(mark.length) : chunk;
    }
  }
  const sha256 = () => (position <= HASHED_BYTES ? hashing.digest('hex') : undefined);
  return { beginning, encoding: beginning.encoding, chunks: chunks(), isAtEnd, sha256 };
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
function passLines(bytes: Buffer, count: number, { lineEnd, searchedAs, unitBytes }: Encoding): { rest: Buffer; passed: number } {
  let from = 0;
  for (let passed = 0; passed < count; passed += 1) {
    const end = bytes.indexOf(lineEnd, from, searchedAs);
    if (end === -1) return { rest: bytes.subarray(bytes.length), passed };
    from = end + unitBytes;
  }
  return { rest: bytes.subarray(from), passed: count };
}

/** Whether the last line of some bytes has no end. */
function endsOpen(bytes: Buffer, { lineEnd, searchedAs, unitBytes }: Encoding): boolean {
  return bytes.length > 0 && (bytes.length < unitBytes || bytes.indexOf(lineEnd, bytes.length - unitBytes, searchedAs) === -1);
}

function beginningOf(first: Buffer, file: ProvenFile): Beginning {
  const encoding = textEncodingOf(first, { path: file.path, size: file.stats.size });
  return { start: Buffer.from(first.subarray(0, 512)), encoding };
}
