import { type BlobIds, binarySizes } from './binary-sizes.ts';
import { gitRecords } from './command.ts';
import { type Comparison, diffArguments } from './comparison.ts';
import type { RepositoryPath } from './names.ts';
import { hundredths, type Waiting } from './progress.ts';
import { proveRecordPath } from './record-path.ts';
import type { Repository } from './repository.ts';
import { decode } from './text.ts';

/** One file of a diff. */
export interface ChangedFile {
  readonly path: string;
  /** A(dded), M(odified), D(eleted), R(enamed), C(opied), T(ype), U(nmerged). */
  readonly change: string;
  /** The path that it had before. */
  readonly from?: string | undefined;
  /** Lines; undefined for what is binary. */
  readonly added?: number | undefined;
  readonly deleted?: number | undefined;
  readonly binary?: true | undefined;
  /** Of what is binary, as far as it is known: before and now. */
  readonly bytesBefore?: number | undefined;
  readonly bytes?: number | undefined;
  /** Lock files, minified bundles and the like: their patches are left out unless they are asked for by path. */
  readonly generated?: true | undefined;
  /** Set where the name on the disk is no UTF-8, so that `path` is not it. */
  readonly inexact?: true | undefined;
}

/** All files of a diff, as far as they were read, and the sums over them. */
export interface DiffStat {
  readonly files: readonly ChangedFile[];
  readonly added: number;
  readonly deleted: number;
  /** Whether there are more files than were read. */
  readonly truncated: boolean;
}

/** Files of one diff that are read. */
const MAX_FILES = 20_000;

const GENERATED =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|deno\.lock|Cargo\.lock|poetry\.lock|pdm\.lock|uv\.lock|Pipfile\.lock|composer\.lock|Gemfile\.lock|go\.sum|flake\.lock|packages\.lock\.json|mix\.lock|pubspec\.lock|Podfile\.lock|gradle\.lockfile|[^/]+\.(?:min\.(?:js|css)|(?:js|css)\.map))$/;

/** Which files differ and by how many lines, in one git process. All files come first, so that how many are counted can be told. */
export async function readDiffStat(
  repository: Repository,
  comparison: Comparison,
  paths: readonly RepositoryPath[],
  { signal, progress }: Waiting,
): Promise<DiffStat> {
  const args = diffArguments(comparison, ['--raw', '--numstat', '-z', '--no-abbrev'], paths);
  const { entries, truncated } = await readEntries(
    gitRecords(repository, args, { signal, provesPaths: comparison.kind === 'commits' }),
    hundredths(progress, 'files compared'),
  );
  const sizes = await binarySizes(
    repository,
    entries.filter(({ file }) => file.binary),
    signal,
  );
  const files = entries.map(({ file, ids }) => ({ ...file, ...sizes.get(ids) }));
  const sum = (key: 'added' | 'deleted') => files.reduce((total, file) => total + (file[key] ?? 0), 0);
  return { files, added: sum('added'), deleted: sum('deleted'), truncated };
}

/** A file of a diff, and the ids of its contents. */
interface DiffEntry {
  readonly file: ChangedFile;
  readonly ids: BlobIds;
}

/** By the bytes of their paths: two that are no UTF-8 may look the same as text. */
type Entries = Map<string, DiffEntry>;

async function readEntries(
  records: AsyncGenerator<Buffer>,
  tell: (done: number, total: number) => void,
): Promise<{ entries: DiffEntry[]; truncated: boolean }> {
  const entries: Entries = new Map();
  let [truncated, counted] = [false, 0];
  for await (const record of records) {
    if (record[0] !== COLON) {
      if (await readNumbers(record, records, entries)) tell(++counted, entries.size);
    } else {
      truncated ||= entries.size === MAX_FILES;
      // The numbers come after all names, so that the rest is read and dropped.
      const [key, entry] = await readRaw(record, records);
      // What is in conflict comes a second time, beside one of its sides.
      if (!truncated && entries.get(key)?.file.change !== 'U') entries.set(key, entry);
    }
  }
  return { entries: [...entries.values()], truncated };
}

/** The first byte of a raw record. */
export const COLON = 0x3a;

/** The letter of a raw record. */
export function changeOf(record: Buffer): string {
  return /[A-Z](?=\d*$)/.exec(record.toString('latin1'))?.[0] ?? 'X';
}

/** `:100644 100644 <id> <id> M`, then a path, and a second one after R and C. */
async function readRaw(record: Buffer, records: AsyncGenerator<Buffer>): Promise<[key: string, entry: DiffEntry]> {
  const change = changeOf(record);
  const [, , before = '', now = ''] = record.toString('latin1').split(' ');
  const first = proveRecordPath(await nextOf(records));
  const second = change === 'R' || change === 'C' ? proveRecordPath(await nextOf(records)) : undefined;
  const [from, { text: path, exact }] = [decode(first), decode(second ?? first)];
  const file = {
    path,
    change,
    ...(second === undefined ? {} : { from: from.text }),
    ...(GENERATED.test(path) ? { generated: true as const } : {}),
    ...(exact && from.exact ? {} : { inexact: true as const }),
  };
  return [(second ?? first).toString('latin1'), { file, ids: [before, now] }];
}

/** `3<TAB>1<TAB>path`; after a rename the path is empty, and two follow. `-` stands for what is binary. Whether it is of an entry. */
async function readNumbers(record: Buffer, records: AsyncGenerator<Buffer>, entries: Entries): Promise<boolean> {
  const second = record.indexOf(0x09, record.indexOf(0x09) + 1);
  const [added = '', deleted = ''] = record.toString('latin1', 0, second).split('\t');
  let bytes = record.subarray(second + 1);
  if (bytes.length === 0) {
    await nextOf(records);
    bytes = await nextOf(records);
  }
  const key = bytes.toString('latin1');
  const entry = entries.get(key);
  if (entry === undefined) return false;
  const numbers = added === '-' ? { binary: true as const } : { added: Number(added), deleted: Number(deleted) };
  entries.set(key, { ...entry, file: { ...entry.file, ...numbers } });
  return true;
}

async function nextOf(records: AsyncGenerator<Buffer>): Promise<Buffer> {
  const { value, done } = await records.next();
  if (done) throw new Error('git diff ended in the middle of a record');
  return value;
}
