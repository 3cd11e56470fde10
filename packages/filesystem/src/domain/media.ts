import { hash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { decode, encodingOf, isWellFormed } from './encoding.ts';
import { fault, fileError } from './errno.ts';
import { fileTypeOf, SNIFFED_BYTES } from './file-type.ts';
import type { ProvenFile, Roots } from './roots.ts';
import { Spellings } from './spelling.ts';

/** What is read unless more is asked for: 5 MiB in base64. */
export const MAX_MEDIA_BYTES = 3_932_160;

/** What may be asked for: 9.3 MiB in base64, where the SDK's clients take 10 MiB in one message. */
export const MAX_MEDIA_BYTES_EVER = 7 * 1024 * 1024;

const CHUNK_BYTES = 256 * 1024;

/** The pictures that models take. A client that passes another type on as a picture may lose its whole conversation. */
const PICTURES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** A file as it is, and what it is by its own bytes, whatever it is called. */
export interface Media {
  readonly path: string;
  readonly uri: string;
  readonly mimeType: string;
  readonly size: number;
  /** In hexadecimal. */
  readonly sha256: string;
  /** What it can be shown as: a picture, sound, or a file like any other. */
  readonly kind: 'image' | 'audio' | 'resource';
  readonly bytes: Buffer;
}

/** How much is read, and until when. */
export interface ReadMediaOptions {
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

/** Reads a whole file of any type. More than `maxBytes` are `too_large`; `signal` stops it between chunks. */
export async function readMedia(roots: Roots, path: string, { maxBytes = MAX_MEDIA_BYTES, signal }: ReadMediaOptions = {}): Promise<Media> {
  await using file = await roots.openFile(path, new Spellings(signal));
  const bytes = await readBounded(file, maxBytes, signal).catch((error: unknown) => {
    throw fileError(error, file.path);
  });
  const mimeType = mimeTypeOf(bytes);
  return {
    path: file.path,
    uri: pathToFileURL(file.path).href,
    mimeType,
    size: bytes.length,
    sha256: hash('sha256', bytes),
    kind: kindOf(mimeType),
    bytes,
  };
}

async function readBounded(file: ProvenFile, maxBytes: number, signal: AbortSignal | undefined): Promise<Buffer> {
  const { size } = file.stats;
  if (size > maxBytes) throw tooLarge(file, `${size} bytes`, maxBytes);
  // By what is read, not by what the file says of itself: those of /proc say 0.
  const buffer = Buffer.allocUnsafe((size === 0 ? maxBytes : size) + 1);
  let filled = 0;
  for (let bytesRead = -1; bytesRead !== 0 && filled < buffer.length; filled += bytesRead) {
    signal?.throwIfAborted();
    ({ bytesRead } = await file.handle.read(buffer, filled, Math.min(CHUNK_BYTES, buffer.length - filled), filled));
  }
  if (filled > maxBytes) throw tooLarge(file, `more than ${maxBytes} bytes`, maxBytes);
  // It has grown since it was opened.
  if (filled === buffer.length) throw fault('ECHANGED');
  return buffer.subarray(0, filled);
}

function tooLarge({ path }: ProvenFile, size: string, maxBytes: number): ToolError {
  return new ToolError('too_large', `The file has ${size}; media may have ${maxBytes}: ${visibleName(path)}`, {
    hint: 'Tell the user that a smaller copy is needed. Text is read with read_text_file, of any size.',
  });
}

function kindOf(mimeType: string): Media['kind'] {
  if (PICTURES.has(mimeType)) return 'image';
  return mimeType.startsWith('audio/') ? 'audio' : 'resource';
}

function mimeTypeOf(bytes: Buffer): string {
  const start = bytes.subarray(0, SNIFFED_BYTES);
  const found = fileTypeOf(start)?.mimeType;
  // The only signature that text may bear by right: `BMW` and `MZ` begin words as well as files.
  if (found === 'application/pdf') return found;
  const encoding = encodingOf(start);
  const text = decode(start.subarray(encoding.mark.length), encoding);
  if (text.includes('\0') || !isWellFormed(bytes, encoding)) return found ?? 'application/octet-stream';
  return isSvg(text) ? 'image/svg+xml' : 'text/plain';
}

/** What may stand before the first element of an XML document, a piece at a time: one expression for all of it could take for ever. */
const PROLOG_PIECE = /\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>[]*(?:\[[^\]]*\]\s*)?>/isy;
const SVG_ELEMENT = /<(?:\w+:)?svg[\s/>]/iy;

/** Whether a text is a drawing, which may hold scripts. */
function isSvg(text: string): boolean {
  let at = 0;
  for (PROLOG_PIECE.lastIndex = 0; PROLOG_PIECE.test(text); ) at = PROLOG_PIECE.lastIndex;
  SVG_ELEMENT.lastIndex = at;
  return SVG_ELEMENT.test(text);
}
