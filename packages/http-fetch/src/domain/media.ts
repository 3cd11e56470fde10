import { isUtf8 } from 'node:buffer';
import { ToolError } from '@touchstone-mcp/core/errors';

/** What is attached to an answer: 5 MiB in base64. */
export const MAX_MEDIA_BYTES = 3_932_160;

/** A picture or sound, by its own bytes, whatever the server calls it. */
export interface Media {
  readonly kind: 'image' | 'audio';
  readonly mimeType: string;
}

const text =
  (bytes: string) =>
  (start: string, at = 0) =>
    start.startsWith(bytes, at);
const SIGNATURES: readonly (readonly [mimeType: string, matches: (start: string) => boolean])[] = [
  ['image/png', text('\x89PNG\r\n\x1a\n')],
  ['image/jpeg', text('\xff\xd8\xff')],
  ['image/gif', (start) => /^GIF8[79]a/.test(start)],
  ['image/webp', (start) => text('RIFF')(start) && text('WEBP')(start, 8)],
  ['audio/wav', (start) => text('RIFF')(start) && text('WAVE')(start, 8)],
  ['audio/mpeg', (start) => text('ID3')(start) || /^\xff[\xfb\xf3\xf2\xfa]/.test(start)],
  ['audio/ogg', text('OggS')],
  ['audio/flac', text('fLaC')],
  ['audio/mp4', (start) => text('ftypM4A')(start, 4)],
  ['application/pdf', (start) => start.slice(0, 1_024).includes('%PDF-')],
  ['application/zip', text('PK\x03\x04')],
  ['application/gzip', text('\x1f\x8b')],
];

const SNIFFED_BYTES = 1_024;

/** The type that the first bytes show, of those that are attached or read; undefined for text and everything else. */
export function sniffed(body: Uint8Array): string | undefined {
  const start = latin1(body);
  return SIGNATURES.find(([, matches]) => matches(start))?.[0];
}

/** What an answer can be shown as beside text. Throws `too_large` over the cap. */
export function mediaOf(body: Uint8Array): Media | undefined {
  const mimeType = sniffed(body);
  const kind = mimeType?.startsWith('image/') ? 'image' : mimeType?.startsWith('audio/') ? 'audio' : undefined;
  if (mimeType === undefined || kind === undefined) return undefined;
  if (body.length > MAX_MEDIA_BYTES) {
    throw new ToolError('too_large', `The ${kind} has more than the ${MAX_MEDIA_BYTES} bytes that media may have.`, {
      hint: 'Ask the site for a smaller one, or give the user the link.',
    });
  }
  return { kind, mimeType };
}

/** Whether bytes are no text in any charset that pages are written in. */
export function isBinary(body: Uint8Array, charset: string | undefined): boolean {
  if (charset?.toLowerCase().startsWith('utf-16') || /^(?:\xff\xfe|\xfe\xff)/.test(latin1(body))) return false;
  const head = body.subarray(0, SNIFFED_BYTES);
  return head.includes(0) || (!isUtf8(head.subarray(0, -4)) && controls(head) > head.length / 20);
}

/** What is neither text nor media is not given to a model: its bytes would mean nothing. */
export function binaryError(mediaType: string, bytes: number): ToolError {
  return new ToolError('invalid_input', `The answer is no text: ${mediaType}, ${bytes} bytes.`, {
    hint: 'Look for a page about it, or give the user the link.',
  });
}

function latin1(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, SNIFFED_BYTES)).toString('latin1');
}

function controls(bytes: Uint8Array): number {
  return bytes.reduce(
    (count, byte) => count + (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27 ? 1 : 0),
    0,
  );
}
