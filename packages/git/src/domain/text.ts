const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lossy = new TextDecoder('utf-8', { ignoreBOM: true });

/** Text, and whether the bytes were what it says. */
export interface Decoded {
  readonly text: string;
  /** False where bytes that are no UTF-8 became U+FFFD. */
  readonly exact: boolean;
}

/** Bytes as UTF-8. What is none becomes U+FFFD, and `exact` says so. */
export function decode(bytes: Uint8Array): Decoded {
  try {
    return { text: strict.decode(bytes), exact: true };
  } catch {
    return { text: lossy.decode(bytes), exact: false };
  }
}

/** Text as one line: what would end it becomes a space. */
export function oneLine(text: string): string {
  return text.replace(/[\r\n\u0085\u2028\u2029\v\f]+/g, ' ').trim();
}

/** `1 file`, `2 files` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Without what may be a password: user and token in URLs. `git@host:path` has none. */
export function withoutCredentials(text: string): string {
  return text.replace(/(?<=:\/\/)[^\s/"'<>]*@/g, '');
}
