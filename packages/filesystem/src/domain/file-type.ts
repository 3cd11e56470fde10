import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from './visible-name.ts';

/** How many bytes from the start decide whether a file is text. */
export const SNIFFED_BYTES = 8192;

/** First bytes (in Latin-1) of the types that are most often asked for by mistake. `offset` where they do not stand at the start. */
const SIGNATURES: readonly { readonly type: string; readonly bytes: string; readonly offset?: number }[] = [
  { type: 'PNG image', bytes: '\x89PNG\r\n\x1a\n' },
  { type: 'JPEG image', bytes: '\xff\xd8\xff' },
  { type: 'GIF image', bytes: 'GIF8' },
  { type: 'WebP image', bytes: 'WEBP', offset: 8 },
  { type: 'WAV audio', bytes: 'WAVE', offset: 8 },
  { type: 'MP4 video', bytes: 'ftyp', offset: 4 },
  { type: 'MP3 audio', bytes: 'ID3' },
  { type: 'MP3 audio', bytes: '\xff\xfb' },
  { type: 'Ogg audio', bytes: 'OggS' },
  { type: 'FLAC audio', bytes: 'fLaC' },
  { type: 'PDF document', bytes: '%PDF-' },
  { type: 'ZIP archive', bytes: 'PK\x03\x04' },
  { type: 'gzip archive', bytes: '\x1f\x8b' },
  { type: 'zstd archive', bytes: '\x28\xb5\x2f\xfd' },
  { type: '7z archive', bytes: '7z\xbc\xaf\x27\x1c' },
  { type: 'tar archive', bytes: 'ustar', offset: 257 },
  { type: 'SQLite database', bytes: 'SQLite format 3\0' },
  { type: 'ELF program', bytes: '\x7fELF' },
  { type: 'Windows program', bytes: 'MZ' },
  { type: 'WebAssembly module', bytes: '\0asm' },
  { type: 'Java class', bytes: '\xca\xfe\xba\xbe' },
];

const WIDE_TEXT = [
  { type: 'UTF-32LE text', bytes: '\xff\xfe\0\0' },
  { type: 'UTF-16LE text', bytes: '\xff\xfe' },
  { type: 'UTF-16BE text', bytes: '\xfe\xff' },
];

/** What refusals say about a file. */
export interface FileFacts {
  readonly path: string;
  readonly size: number;
}

/** Throws unless the first bytes of a file may be those of UTF-8 text: a NUL byte says that they are not. */
export function refuseBinary(start: Buffer, file: FileFacts): void {
  const wide = WIDE_TEXT.find((signature) => matches(start, signature));
  if (wide !== undefined) throw notText(file, wide.type, 'Only UTF-8 text can be read. Convert the file first.');
  if (start.subarray(0, SNIFFED_BYTES).includes(0)) throw notText(file, binaryType(start) ?? 'binary data');
}

/** The refusal of bytes that are not UTF-8, naming the type of the file where its first bytes tell it. */
export function notUtf8(start: Buffer, file: FileFacts): ToolError {
  const type = binaryType(start);
  if (type !== undefined) return notText(file, type);
  return new ToolError('invalid_input', `Not UTF-8 text: ${visibleName(file.path)} (${file.size} bytes)`, {
    hint: 'It may be in an older encoding such as Latin-1. Convert the file first.',
  });
}

function notText(file: FileFacts, type: string, hint = 'Only text can be read with this tool.'): ToolError {
  return new ToolError('invalid_input', `Not a text file: ${visibleName(file.path)} (${type}, ${file.size} bytes)`, { hint });
}

function binaryType(start: Buffer): string | undefined {
  return SIGNATURES.find((signature) => matches(start, signature))?.type;
}

function matches(start: Buffer, { bytes, offset = 0 }: { readonly bytes: string; readonly offset?: number }): boolean {
  return start.toString('latin1', offset, offset + bytes.length) === bytes;
}
