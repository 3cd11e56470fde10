import { isUtf8 } from 'node:buffer';

/** A text, how its bytes were read, and whether more followed. */
export interface DecodedText {
  readonly text: string;
  /** The name that the Encoding Standard gives the charset. */
  readonly charset: string;
  readonly truncated: boolean;
}

const MARKS: readonly (readonly [mark: string, charset: string])[] = [
  ['\xef\xbb\xbf', 'utf-8'],
  ['\xfe\xff', 'utf-16be'],
  ['\xff\xfe', 'utf-16le'],
];

/** How far a page may go on before it says what it is written in: more generous than the 1,024 bytes of the standard, as browsers are. */
const PRESCANNED_BYTES = 4_096;

/** The charset in `<meta charset>`, in `<meta http-equiv>` or in an XML declaration. */
const DECLARED = /<meta[^>]{0,512}?charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]{0,256}?encoding\s*=\s*["']([\w.:-]+)/i;

/**
 * Reads bytes as browsers do: by byte order mark, then by what HTTP said, then by what the document says of itself. What none of them
 * tells is UTF-8 if it can be, else windows-1252. UTF-7 and names that the Encoding Standard does not know count as said nothing.
 * `wasCut` says that the bytes are the start of more.
 */
export function decodeText(bytes: Uint8Array, declared: string | undefined, maxBytes: number, wasCut = false): DecodedText {
  const head = bytes.subarray(0, maxBytes);
  const truncated = bytes.length > maxBytes;
  const isStart = truncated || wasCut;
  const charset = charsetOf(head, declared, isStart);
  // As a stream, half a character at the end waits for the rest: it is left out, not broken.
  return { text: new TextDecoder(charset).decode(head, { stream: isStart }), charset, truncated };
}

function charsetOf(bytes: Uint8Array, declared: string | undefined, truncated: boolean): string {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, PRESCANNED_BYTES)).toString('latin1');
  const marked = MARKS.find(([mark]) => start.startsWith(mark))?.[1];
  return marked ?? known(declared) ?? selfDeclared(start) ?? (isUtf8Start(bytes, truncated) ? 'utf-8' : 'windows-1252');
}

function selfDeclared(start: string): string | undefined {
  const [, meta, xml] = DECLARED.exec(start) ?? [];
  const charset = known(meta ?? xml);
  // It was read byte by byte, so it cannot be UTF-16 (Encoding Standard, prescan).
  return charset?.startsWith('utf-16') ? 'utf-8' : charset;
}

function known(label: string | undefined): string | undefined {
  if (label === undefined) return undefined;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    // A RangeError: no such charset.
    return undefined;
  }
}

/** Whether bytes are UTF-8; where they were cut, the last character may be broken. */
function isUtf8Start(bytes: Uint8Array, truncated: boolean): boolean {
  return (truncated ? [0, 1, 2, 3] : [0]).some((cut) => cut <= bytes.length && isUtf8(bytes.subarray(0, bytes.length - cut)));
}

/** The start of a text, at most `maxCharacters` UTF-16 units, never half a character. */
export function startOf(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const last = text.charCodeAt(maxCharacters - 1);
  const splits = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splits ? maxCharacters - 1 : maxCharacters);
}
