import type { ObjectId, RepositoryPath } from './names.ts';

/** What is compared with what. Submodules by their commit only. */
export type Comparison =
  /** Two commits; symmetric: `to` with where they parted. An undefined `from` is nothing at all. */
  | { readonly kind: 'commits'; readonly from: ObjectId | undefined; readonly to: ObjectId; readonly symmetric?: boolean }
  /** A commit (undefined: nothing at all) with the index. */
  | { readonly kind: 'staged'; readonly from: ObjectId | undefined }
  /** The index with the work tree. */
  | { readonly kind: 'unstaged' }
  /** A commit with the work tree. */
  | { readonly kind: 'worktree'; readonly from: ObjectId };

/** The tree without files, which every git knows by its id. */
const EMPTY_TREE = {
  40: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  64: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};

/** No program of the repository's, no colours, no reading inside submodules, whatever the configuration says. */
const FIXED = [
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--ignore-submodules=dirty',
  '--submodule=short',
  '--no-relative',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--find-renames',
  '-l1000',
];

/** The arguments of git for a comparison. Always with a revision or a mode, and `--`: bare paths could make git compare files outside. */
export function diffArguments(comparison: Comparison, options: readonly string[], paths: readonly RepositoryPath[]): string[] {
  return ['diff', ...FIXED, ...options, ...sidesOf(comparison), '--', ...paths];
}

function sidesOf(comparison: Comparison): string[] {
  switch (comparison.kind) {
    case 'commits':
      if (comparison.symmetric && comparison.from !== undefined) return [`${comparison.from}...${comparison.to}`];
      return [comparison.from ?? emptyTree(comparison.to), comparison.to];
    case 'staged':
      return ['--cached', ...(comparison.from === undefined ? [] : [comparison.from])];
    case 'unstaged':
      return [];
    case 'worktree':
      return [comparison.from];
  }
}

/** The id of the tree without files, in the format of another id. */
export function emptyTree(like: ObjectId): string {
  return like.length === 64 ? EMPTY_TREE[64] : EMPTY_TREE[40];
}
