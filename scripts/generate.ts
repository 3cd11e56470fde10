/**
 * Writes what is said of the servers in more than one place, from their literals, their settings and their tools/list: blocks of the READMEs,
 * server.json, bundle manifests, contract snapshots and llms.txt. With `--check` it writes nothing, and fails where a file differs.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  bundleManifest,
  installBlock,
  type Listing,
  llmsText,
  serverJson,
  serversBlock,
  settingsBlock,
  talksToOthers,
  toolsBlock,
} from '@touchstone-mcp/core/manifest';
import { blocksIn, codeBlock, fillBlocks } from './generate/blocks.ts';
import { type ReadServer, readServer } from './generate/listing.ts';
import { violations } from './generate/server-json-rules.ts';

const ROOT = join(import.meta.dirname, '..');
const SOURCE = 'https://github.com/touchstone-mcp/touchstone/blob/main';

/** What llms.txt links to. */
const DOCUMENTS = [
  { title: 'Readme', path: 'README.md', about: 'what Touchstone is, and how to use it' },
  { title: 'Architecture', path: 'ARCHITECTURE.md', about: 'where everything is, and the way of one call' },
  { title: 'Contributing', path: 'CONTRIBUTING.md', about: 'how to add a tool, a setting, a server' },
  { title: 'Security', path: 'SECURITY.md', about: 'what is promised, what is not, how to report' },
  { title: 'Core', path: 'packages/core/README.md', about: 'the library that all servers share' },
  { title: 'Deployment', path: 'docs/deployment.md', about: 'servers for more than one person' },
  { title: 'Troubleshooting', path: 'docs/troubleshooting.md', about: 'what goes wrong, and what to do' },
];

/** The parts of a server's README that are made here. */
const SERVER_BLOCKS: Readonly<Record<string, (listing: Listing) => string>> = {
  tools: toolsBlock,
  settings: settingsBlock,
  install: installBlock,
};

const [mode, ...others] = process.argv.slice(2);
if ((mode !== undefined && mode !== '--check') || others.length > 0) throw new Error('Usage: node scripts/generate.ts [--check]');

const files = await generate();
const stale = [...files].filter(([path, text]) => !existsSync(join(ROOT, path)) || read(path) !== text);
if (mode === '--check' && stale.length > 0) {
  for (const [path] of stale) console.log(`${path} is not what the sources say`);
  console.log('Run: npx pnpm generate');
  process.exitCode = 1;
} else {
  for (const [path, text] of stale) {
    writeFileSync(join(ROOT, path), text);
    console.log(`wrote ${path}`);
  }
  console.log(`${files.size} generated files are up to date`);
}

/** Every generated file, by its path from the root. */
async function generate(): Promise<Map<string, string>> {
  const servers: ReadServer[] = [];
  for (const path of globSync('packages/*/src/server.ts', { cwd: ROOT }).sort()) servers.push(await readServer(join(ROOT, path, '../..')));
  const listings = servers.map(({ listing }) => listing);
  const documents = DOCUMENTS.map(({ path, ...document }) => ({ ...document, url: `${SOURCE}/${existing(path)}` }));
  return new Map([
    ...servers.flatMap(filesOf),
    ['README.md', fill('README.md', { servers: serversBlock(listings) })],
    ['CONTRIBUTING.md', fill('CONTRIBUTING.md')],
    ['packages/core/README.md', fill('packages/core/README.md')],
    ['llms.txt', llmsText(listings, documents)],
  ]);
}

function filesOf({ listing, contract }: ReadServer): [string, string][] {
  const folder = listing.facts.repository.directory;
  const readme = `${folder}/README.md`;
  const registry = serverJson(listing);
  const broken = violations(registry, listing);
  if (broken.length > 0) throw new Error(`${folder}/server.json would break rules:\n${broken.join('\n')}`);
  if (talksToOthers(listing) && !/^## Privacy$/m.test(read(readme))) {
    throw new Error(`${readme} needs a section "## Privacy" on what leaves the machine: the bundle manifest links to it`);
  }
  return [
    [readme, fill(readme, Object.fromEntries(Object.entries(SERVER_BLOCKS).map(([name, block]) => [name, block(listing)])))],
    [`${folder}/server.json`, toJson(registry)],
    [`${folder}/manifest.json`, toJson(bundleManifest(listing))],
    ...[...contract].map(([name, text]): [string, string] => [`${folder}/test/contract/${name}`, text]),
  ];
}

/** The Markdown file with its blocks made anew. All that are given must be there. */
function fill(path: string, blocks: Readonly<Record<string, string>> = {}): string {
  const text = read(path);
  const missing = Object.keys(blocks).filter((name) => !blocksIn(text).includes(name));
  if (missing.length > 0) throw new Error(`${path} needs <!-- generated:${missing[0]} --> and <!-- /generated --> below it`);
  return fillBlocks(path, text, (name) => {
    if (name.startsWith('code ')) return codeBlock(name, (file) => read(existing(file)));
    const block = blocks[name];
    if (block === undefined)
      throw new Error(`${path} has a block "${name}", and there are ${[...Object.keys(blocks), 'code PATH'].join(', ')}`);
    return block;
  });
}

function toJson(data: unknown): string {
  return `${JSON.stringify(data, undefined, 2)}\n`;
}

function existing(path: string): string {
  if (!existsSync(join(ROOT, path))) throw new Error(`${path} does not exist`);
  return path;
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
