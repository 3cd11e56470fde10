/** `@` is where the directories `root`, `second` (both allowed) and `out` (not allowed) are, as a URI; `$` is its path. */
export interface RootsRow {
  readonly why: string;
  /** What the client answers to roots/list: URIs, or its whole answer. */
  readonly roots: readonly unknown[];
  /** The directories that are left, below `@`. None: everything is denied. */
  readonly left: readonly string[];
  /** How many of its roots the log says to count for nothing. */
  readonly dropped?: number;
}

/** FS-025, FS-026: what a client names as its roots, where the operator allows `root` and `second`. */
export const rows: readonly RootsRow[] = [
  { why: 'everything there is', roots: ['file:///'], left: ['root', 'second'] },
  { why: 'a directory around both', roots: ['@'], left: ['root', 'second'] },
  { why: 'a directory of the operator', roots: ['@/root'], left: ['root'] },
  { why: 'the same with a slash', roots: ['@/root/'], left: ['root'] },
  { why: 'the same as it is called on this machine', roots: ['file://localhost$/root'], left: ['root'] },
  { why: 'a directory inside', roots: ['@/root/docs'], left: ['root/docs'] },
  { why: 'several, in the order of the client', roots: ['@/second', '@/root/docs'], left: ['second', 'root/docs'] },
  { why: 'one inside another', roots: ['@/root/docs', '@/root'], left: ['root/docs', 'root'] },
  { why: 'the same twice', roots: ['@/root/docs', '@/root/docs/'], left: ['root/docs'] },
  { why: 'percent-encoded', roots: ['@/root/a%20b%20-%20%C3%A9'], left: ['root/a b - é'] },
  { why: 'a link inside, to inside', roots: ['@/root/inner'], left: ['root/inner'] },
  { why: 'dots that stay inside', roots: ['@/root/docs/../docs'], left: ['root/docs'] },
  { why: 'a directory outside', roots: ['@/out'], left: [], dropped: 1 },
  { why: 'a neighbour whose name begins alike', roots: ['@/root-evil'], left: [], dropped: 1 },
  { why: 'climbing out', roots: ['@/root/../out'], left: [], dropped: 1 },
  { why: 'climbing out in disguise', roots: ['@/root/%2e%2e/out'], left: [], dropped: 1 },
  { why: 'a slash in disguise', roots: ['@/root%2f..%2fout'], left: [], dropped: 1 },
  { why: 'a link inside, to outside', roots: ['@/root/outer'], left: [], dropped: 1 },
  { why: 'a link outside, to inside', roots: ['@/out/in'], left: ['root/docs'] },
  { why: 'a link outside, to the directory of the operator', roots: ['@/link'], left: ['root'] },
  { why: 'a link outside, to around it', roots: ['@/base'], left: ['root', 'second'] },
  { why: 'a link outside, to outside', roots: ['@/away'], left: [], dropped: 1 },
  { why: 'a link outside, to a link inside that leads out', roots: ['@/round'], left: [], dropped: 1 },
  { why: 'a link outside to itself', roots: ['@/self'], left: [], dropped: 1 },
  { why: 'nothing there', roots: ['@/root/missing'], left: [], dropped: 1 },
  { why: 'a file', roots: ['@/root/docs/poem.txt'], left: [], dropped: 1 },
  { why: 'a NUL', roots: ['@/root/docs%00'], left: [], dropped: 1 },
  { why: 'a fragment that was meant as a name', roots: ['@/root/docs#1'], left: [], dropped: 1 },
  { why: 'a query that was meant as a name', roots: ['@/root/docs?1'], left: [], dropped: 1 },
  { why: 'no roots at all', roots: [], left: ['root', 'second'] },
  { why: 'one outside beside one inside', roots: ['@/out', '@/root/docs'], left: ['root/docs'], dropped: 1 },
  { why: 'more than anybody has', roots: Array.from({ length: 1_000 }, () => '@/root/docs'), left: ['root/docs'], dropped: 744 },
  { why: 'another host', roots: ['file://host/share', '@/second'], left: ['second'], dropped: 1 },
];

/** The same, but no client of the current SDK sends it: its own schema stops it. */
export const malformed: readonly RootsRow[] = [
  { why: 'another scheme', roots: ['https://evil/', '@/second'], left: ['second'], dropped: 1 },
  { why: 'another scheme alone', roots: ['https://evil/'], left: [], dropped: 1 },
  { why: 'a relative path', roots: ['../..', 'root', '', '@/second'], left: ['second'], dropped: 3 },
  { why: 'a path that the URL parser would complete', roots: ['file:../..', 'file:/', '@/second'], left: ['second'], dropped: 2 },
  { why: 'an absolute path', roots: ['/', 'C:\\', '@/second'], left: ['second'], dropped: 2 },
  { why: 'no text', roots: [7, null, {}, '@/second'], left: ['second'], dropped: 3 },
];
