import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import type { McpbManifestAny } from '@anthropic-ai/mcpb/browser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALL_GENERATIONS, connect, type Target, textOf } from '../../playground/src/clients.ts';
import { bundleAll, MCPB, serverFolders } from '../src/bundle.ts';
import { mentioned, startOf, UNSET, type Unset } from '../src/host.ts';
import { packageFile } from '../src/install.ts';
import { run } from '../src/run.ts';
import { platformOf } from './programs.ts';
import { SUBJECTS, type Visit } from './visits.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..');
/** What is for compilers, readers and npm. */
const NEEDLESS = /\.(map|d\.[cm]?ts|tsbuildinfo)$|(^|\/)(\.[^/]+|(README|CHANGELOG)\.md|package-lock\.json|tests?|docs)(\/|$)/i;

let scratch: string;
let out: string;
let bundles: Map<string, string>;

beforeAll(async () => {
  scratch = await mkdtemp(join(await realpath(tmpdir()), 'touchstone-bundles-'));
  out = join(scratch, 'out');
  await mkdir(out);
  bundles = await bundleAll(out);
}, 300_000);

afterAll(() => rm(scratch, { recursive: true, force: true }));

test('SHA256SUMS has a line for each bundle', async () => {
  const lines = (await readFile(join(out, 'SHA256SUMS'), 'utf8')).trim().split('\n');
  const expected = [...bundles.values()].map(async (file) => {
    const sum = createHash('sha256').update(await readFile(file));
    return `${sum.digest('hex')}  ${basename(file)}`;
  });
  expect(lines).toEqual(await Promise.all(expected));
});

describe.each((await serverFolders()).map((folder) => [basename(folder), folder] as const))('The bundle of %s', (name, folder) => {
  const subject = SUBJECTS[name];
  if (subject === undefined) throw new Error(`Say in visits.ts how to visit ${name}`);
  const home = `server/node_modules/@touchstone-mcp/${name}`;
  let file: string;
  let unpacked: string;
  let files: string[];
  let manifest: McpbManifestAny;
  let visit: Visit;

  beforeAll(async () => {
    file = bundles.get(folder) ?? '';
    // As hosts name such folders: with a space.
    unpacked = join(scratch, name, 'Claude Extensions');
    const workshop = join(scratch, name, 'workshop');
    await mkdir(workshop, { recursive: true });
    await run(MCPB, ['unpack', file, unpacked], scratch);
    files = filesIn(unpacked);
    manifest = JSON.parse(await readFile(join(unpacked, 'manifest.json'), 'utf8'));
    visit = await subject.prepare(workshop);
  });

  afterAll(() => visit?.[Symbol.asyncDispose]?.());

  /** How a host starts it, with the settings of the visit that are wanted. */
  async function start(unset: Unset, wanted: (key: string) => boolean): Promise<Target> {
    const filled = Object.entries(visit.settings).filter(([key]) => wanted(key));
    return { kind: 'stdio', ...(await startOf(manifest, unpacked, Object.fromEntries(filled), unset)) };
  }

  test('is of the package, with its whole build and its entry point', async () => {
    const { version } = await packageFile(folder);
    expect(manifest).toMatchObject({ name: `touchstone-${name}`, version, server: { entry_point: `${home}/dist/main.js` } });
    expect(manifest.server.mcp_config?.args?.[0]).toBe(`\${__dirname}/${manifest.server.entry_point}`);
    expect(basename(file)).toBe(`${name}-${version}.mcpb`);
    expect(await run(MCPB, ['info', file], scratch)).toContain(basename(file));
    const built = filesIn(join(folder, 'dist')).filter((path) => !NEEDLESS.test(path));
    expect(filesIn(join(unpacked, home, 'dist'))).toEqual(built);
  });

  test('holds nothing that is not needed, and does not say where it was made', async () => {
    expect(files.filter((path) => NEEDLESS.test(path))).toEqual([]);
    const json = files.filter((path) => path.endsWith('.json'));
    const texts = await Promise.all(json.map((path) => readFile(join(unpacked, path), 'utf8')));
    expect(json.filter((_, index) => texts[index]?.includes(tmpdir()) || texts[index]?.includes(REPOSITORY))).toEqual([]);
    expect((await stat(file)).size / 1e6).toBeLessThan(subject.megabytes);
  });

  test('keeps the licence of every package', () => {
    const packages = files.filter((path) => /node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(path)).map((path) => dirname(path));
    expect(packages).toContain(home);
    expect(packages.filter((path) => !existsSync(join(unpacked, path, 'LICENSE')))).toEqual([]);
  });

  test('has its programs for every platform', async () => {
    const programs = files.filter((path) => /\/bin\/[^/]+$/.test(path));
    const found = await Promise.all(programs.map(async (path) => [path, await platformOf(join(unpacked, path))]));
    expect(found).toEqual(subject.programs.map(([path, platform]) => [`server/node_modules/${path}`, platform]));
  });

  test('asks for what it uses, and uses what it asks for', () => {
    expect(mentioned(manifest.server.mcp_config).sort()).toEqual(Object.keys(manifest.user_config ?? {}).sort());
  });

  test.each(ALL_GENERATIONS)('serves a %s client', async (generation) => {
    await using visitor = await connect(generation, await start('takes the default', () => true));
    const [tool, args] = visit.call;
    expect(await visitor.tools()).toContain(tool);
    expect(textOf(await visitor.call(tool, args))).toMatch(visit.answer);
  });

  test.each(UNSET)('starts with only what must be filled in, where a host %s', async (unset) => {
    const config = await start(unset, (key) => manifest.user_config?.[key]?.required ?? false);
    expect(JSON.stringify(config)).not.toContain('user_config');
    await using visitor = await connect('modern', config);
    expect(await visitor.tools()).toEqual(manifest.tools?.map((tool) => tool.name));
  });
});

/** Paths of all files below a folder, in order. */
function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  return entries.map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort();
}
