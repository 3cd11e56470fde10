import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import { type Encoding, encodingOf } from './encoding.ts';

/** How many bytes from the start decide whether a file is text. */
export const SNIFFED_BYTES = 8192;

/** A type of file: in words, and as a media type. */
export interface FileType {
  readonly type: string;
  readonly mimeType: string;
}

/** Each type with what stands in its first bytes (in Latin-1), and where. The first that fits is it. */
const SIGNATURES: readonly (readonly [type: string, mimeType: string, ...parts: (readonly [offset: number, bytes: string])[]])[] = [
  ['PNG image', 'image/png', [0, '\x89PNG\r\n\x1a\n']],
  ['JPEG image', 'image/jpeg', [0, '\xff\xd8\xff']],
  ['GIF image', 'image/gif', [0, 'GIF8']],
  ['WebP image', 'image/webp', [0, 'RIFF'], [8, 'WEBP']],
  ['AVIF image', 'image/avif', [4, 'ftypavi']],
  ['HEIC image', 'image/heic', [4, 'ftyphei']],
  ['HEIF image', 'image/heif', [4, 'ftypmif1']],
  ['BMP image', 'image/bmp', [0, 'BM'], [6, '\0\0\0\0']],
  ['TIFF image', 'image/tiff', [0, 'II*\0']],
  ['TIFF image', 'image/tiff', [0, 'MM\0*']],
  ['icon', 'image/x-icon', [0, '\0\0\x01\0']],
  ['WAV audio', 'audio/wav', [0, 'RIFF'], [8, 'WAVE']],
  ['AVI video', 'video/x-msvideo', [0, 'RIFF'], [8, 'AVI ']],
  ['M4A audio', 'audio/mp4', [4, 'ftypM4A ']],
  ['QuickTime video', 'video/quicktime', [4, 'ftypqt']],
  ['MP4 video', 'video/mp4', [4, 'ftyp']],
  ['MP3 audio', 'audio/mpeg', [0, 'ID3']],
  ['MP3 audio', 'audio/mpeg', [0, '\xff\xfb']],
  ['MP3 audio', 'audio/mpeg', [0, '\xff\xf3']],
  ['MP3 audio', 'audio/mpeg', [0, '\xff\xf2']],
  ['AAC audio', 'audio/aac', [0, '\xff\xf1']],
  ['AAC audio', 'audio/aac', [0, '\xff\xf9']],
  ['Ogg video', 'video/ogg', [0, 'OggS'], [28, '\x80theora']],
  ['Ogg audio', 'audio/ogg', [0, 'OggS']],
  ['FLAC audio', 'audio/flac', [0, 'fLaC']],
  ['Matroska or WebM video', 'video/webm', [0, '\x1aE\xdf\xa3']],
  ['PDF document', 'application/pdf', [0, '%PDF-']],
  ['ZIP archive', 'application/zip', [0, 'PK\x03\x04']],
  ['ZIP archive', 'application/zip', [0, 'PK\x05\x06']],
  ['gzip archive', 'application/gzip', [0, '\x1f\x8b']],
  ['zstd archive', 'application/zstd', [0, '\x28\xb5\x2f\xfd']],
  ['7z archive', 'application/x-7z-compressed', [0, '7z\xbc\xaf\x27\x1c']],
  ['tar archive', 'application/x-tar', [257, 'ustar']],
  ['SQLite database', 'application/vnd.sqlite3', [0, 'SQLite format 3\0']],
  ['ELF program', 'application/x-elf', [0, '\x7fELF']],
  ['Windows program', 'application/vnd.microsoft.portable-executable', [0, 'MZ']],
  ['WebAssembly module', 'application/wasm', [0, '\0asm']],
  ['Java class', 'application/java-vm', [0, '\xca\xfe\xba\xbe']],
];

/** The type that the first bytes of a file name. Of use for what is no text only: a text may begin with `BM` or `MZ` as well. */
export function fileTypeOf(start: Buffer): FileType | undefined {
  const found = SIGNATURES.find(([, , ...parts]) => parts.every(([offset, bytes]) => stands(bytes, start, offset)));
  return found && { type: found[0], mimeType: found[1] };
}

/** What refusals say about a file. */
export interface FileFacts {
  readonly path: string;
  readonly size: number;
}

/** The encoding of a text file by its first bytes. Throws if they are not those of text: a NUL says so, or a mark of UTF-32. */
export function textEncodingOf(start: Buffer, file: FileFacts): Encoding {
  const sniffed = start.subarray(0, SNIFFED_BYTES);
  if (stands('\xff\xfe\0\0', start)) throw notText(file, 'UTF-32LE text', CONVERT);
  if (stands('\0\0\xfe\xff', start)) throw notText(file, 'UTF-32BE text', CONVERT);
  const encoding = encodingOf(start);
  const hasNul = encoding.unitBytes === 1 ? sniffed.includes(0) : sniffed.includes('\0', 0, 'utf16le');
  if (hasNul) throw notText(file, fileTypeOf(start)?.type ?? 'binary data');
  return encoding;
}

/** Throws unless the first bytes of a file may be those of UTF-8 text. */
export function refuseBinary(start: Buffer, file: FileFacts): void {
  const { name, unitBytes } = textEncodingOf(start, file);
  if (unitBytes !== 1) throw notText(file, `${name.toUpperCase()} text`, 'It must be UTF-8. Convert the file first.');
}

const CONVERT = 'Only UTF-8 and UTF-16 can be read. Convert the file first.';

/** The refusal of bytes that are not UTF-8, naming the type of the file where its first bytes tell it. */
export function notUtf8(start: Buffer, file: FileFacts): ToolError {
  return notInEncoding(start, encodingOf(Buffer.alloc(0)), file);
}

/** The refusal of bytes that are not in the encoding that the file begins with. */
export function notInEncoding(start: Buffer, { unitBytes }: Encoding, file: FileFacts): ToolError {
  const type = unitBytes === 1 ? fileTypeOf(start)?.type : undefined;
  if (type !== undefined) return notText(file, type);
  return new ToolError('invalid_input', `Not UTF-${unitBytes * 8} text: ${visibleName(file.path)} (${file.size} bytes)`, {
    hint: unitBytes === 1 ? 'It may be in an older encoding such as Latin-1. Convert the file first.' : 'It may be damaged.',
  });
}

function notText(file: FileFacts, type: string, hint = 'Only text can be read with this tool.'): ToolError {
  return new ToolError('invalid_input', `Not a text file: ${visibleName(file.path)} (${type}, ${file.size} bytes)`, { hint });
}

function stands(bytes: string, start: Buffer, offset = 0): boolean {
  return start.toString('latin1', offset, offset + bytes.length) === bytes;
}
