import { ToolError } from '@touchstone-mcp/core/errors';
import { visibleName } from '@touchstone-mcp/core/visible';
import type { RootPath } from './path.ts';
import type { Place, Whereabouts } from './walk.ts';

/** Where a proven name is. */
interface NameFacts {
  readonly requested: string;
  /** As it is shown: absolute, below the root as the operator wrote it. */
  readonly path: string;
  readonly root: RootPath;
  /** From the root to the name, the name included. None was a link when it was walked. */
  readonly names: readonly string[];
  /** Names that are to follow below it, where directories are missing. */
  readonly rest: readonly string[];
}

/** A name in a held directory inside the roots; whether anything has that name is open. Only `Roots.openName` makes one. */
export class ProvenName implements NameFacts, Disposable {
  readonly directory: Place;
  readonly requested: string;
  readonly path: string;
  readonly root: RootPath;
  readonly names: readonly string[];
  readonly rest: readonly string[];

  constructor(directory: Place, { requested, path: shown, root, names, rest }: NameFacts) {
    this.directory = directory;
    this.requested = requested;
    this.path = shown;
    this.root = { path: root.path, real: root.real };
    this.names = names;
    this.rest = rest;
  }

  /** The last of `names`. */
  get name(): string {
    return this.names.at(-1) ?? '';
  }

  [Symbol.dispose](): void {
    this.directory[Symbol.dispose]();
  }
}

/** The refusal of a path that ends in a directory itself and so has no name to offer: that of a root, or one that ends in `..`. */
export function noName(requested: string, { names }: Whereabouts): ToolError {
  if (names.length === 0) {
    return new ToolError('denied', `Is an allowed directory itself, not something in it: ${visibleName(requested)}`, {
      hint: 'Allowed directories are never replaced, moved, copied or deleted. Name something in them.',
    });
  }
  return new ToolError('invalid_input', `The path ends in "..": ${visibleName(requested)}`, { hint: 'Give the name itself.' });
}
