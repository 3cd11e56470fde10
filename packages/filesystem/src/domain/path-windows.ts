/** Names that open a device from any directory, with any extension, and with trailing spaces: `nul`, `COM1.txt`, `LPT¹`. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:\.|$)/i;

/**
 * Why Windows would take a path for something else than it says, if it would: a device, another stream of a file, a directory that
 * depends on the current drive, or a name that it shortens before use.
 */
export function windowsPathFault(text: string): string | undefined {
  if (/^[\\/]{2}[?.](?:[\\/]|$)/.test(text)) return 'Device paths are not accepted';
  if (/^[\\/](?![\\/])/.test(text) || /^[a-z]:(?![\\/])/i.test(text)) return 'A path without its drive or without its root is not accepted';
  return undefined;
}

/** Why one component may not be used on Windows, if it may not. */
export function windowsNameFault(name: string): string | undefined {
  // `a.txt:stream` and `a.txt::$DATA` name the streams of a file; the other characters are wildcards and redirections to some calls.
  if (/[<>:"|?*]/.test(name) || Array.from(name).some((character) => character < ' ')) return 'Windows does not allow this name';
  // Windows strips these after our check, so `secret.` would name `secret` (GHSA-7rgq-gccq-qphx).
  if (/[. ]$/.test(name)) return 'Windows does not allow a name that ends with a dot or a space';
  if (DEVICE.test(name)) return 'Windows takes this name for a device';
  return undefined;
}
