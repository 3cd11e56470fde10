import type { ProvenDirectory, ProvenFile } from './roots.ts';
import { isUnreadable, type WalkRules } from './walk-rules.ts';

interface Level {
  readonly name: string;
  readonly directory: ProvenDirectory;
  readonly rules: WalkRules;
}

/** Opens files below a directory one after the other, by handles all the way, and keeps those that the next one needs too. */
export class Descent implements AsyncDisposable {
  readonly #levels: Level[];

  /** The first directory stays the caller's. */
  constructor(start: ProvenDirectory, rules: WalkRules) {
    this.#levels = [{ name: '', directory: start, rules }];
  }

  /** The regular file at a path of single names, or undefined where it is left out by the rules, is not there or may not be read. */
  async openFile(names: readonly string[]): Promise<ProvenFile | undefined> {
    const directories = names.slice(0, -1);
    const shared = directories.findIndex((name, index) => this.#levels[index + 1]?.name !== name);
    await this.#leaveTo(shared === -1 ? directories.length : shared);
    try {
      for (const name of directories.slice(this.#levels.length - 1)) {
        if (!(await this.#enter(name))) return undefined;
      }
      const name = names.at(-1) ?? '';
      const level = this.#levels.at(-1);
      return level?.rules.omits({ name, type: 'file' }) ? undefined : await level?.directory.openFile(name);
    } catch (error) {
      if (isUnreadable(error)) return undefined;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#leaveTo(0);
  }

  async #enter(name: string): Promise<boolean> {
    const level = this.#levels.at(-1);
    if (level === undefined || level.rules.omits({ name, type: 'directory' })) return false;
    const directory = await level.directory.enter(name);
    if (directory === undefined) return false;
    try {
      this.#levels.push({ name, directory, rules: await level.rules.below(name).withOwn(directory) });
    } catch (error) {
      await directory[Symbol.asyncDispose]();
      throw error;
    }
    return true;
  }

  async #leaveTo(depth: number): Promise<void> {
    for (const { directory } of this.#levels.splice(depth + 1).toReversed()) await directory[Symbol.asyncDispose]();
  }
}
