import { readlink } from 'node:fs/promises';
import { errnoOf } from './errno.ts';

/** A symbolic link, of which only the text is known. */
export interface Link {
  readonly link: string;
}

/** The link at a path, or nothing if another file stands there by now. Its text may be anything: it is to be walked, never trusted. */
export async function linkAt(path: string): Promise<Link | undefined> {
  try {
    return { link: await readlink(path) };
  } catch (error) {
    if (errnoOf(error) === 'EINVAL') return undefined;
    throw error;
  }
}

/** Whether a step of a walk met a link. */
export function isLink(found: object): found is Link {
  return 'link' in found;
}
