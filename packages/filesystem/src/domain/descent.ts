import type { ProvenDirectory, ProvenFile } from './roots.ts';
import { isUnreadable } from './walk-rules.ts';

interface Level {
  readonly name: string;
  readonly directory: ProvenDirectory;
}

/** Opens files below a directory one after the other, by handles all the way, and keeps those that the next one needs too. */
export class Descent implements AsyncDisposable {
  readonly #levels: Level[];

  /** The first directory stays the caller's. */
  constructor(start: ProvenDirectory) {
    this.#levels = [{ name: '', directory: start }];
  }

  /** The regular file at a path of single names, or undefined where it is not there or may not be read. */
  async openFile(names: readonly string[]): Promise<ProvenFile | undefined> {
    const directories = names.slice(0, -1);
    const shared = directories.findIndex((name, index) => this.#levels[index + 1]?.name !== name);
    await this.#leaveTo(shared === -1 ? directories.length : shared);
    try {
      for (const name of directories.slice(this.#levels.length - 1)) {
        const directory = await this.#levels.at(-1)?.directory.enter(name);
        if (directory === undefined) return undefined;
        this.#levels.push({ name, directory });
      }
      return await this.#levels.at(-1)?.directory.openFile(names.at(-1) ?? '');
    } catch (error) {
      if (isUnreadable(error)) return undefined;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#leaveTo(0);
  }

  async #leaveTo(depth: number): Promise<void> {
    for (const { directory } of this.#levels.splice(depth + 1).toReversed()) await directory[Symbol.asyncDispose]();
  }
}
