/**
 * Whether the bundled servers run on the Node that runs this script: each says its version, lists its tools over stdio, and ends when its
 * client leaves. Continuous integration runs it on the oldest Node that the packages declare, since everything else runs on a newer one.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a server needs to start. Nothing has to answer at that address. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  filesystem: [tmpdir()],
  git: [tmpdir()],
  postgres: ['postgres://nobody@127.0.0.1:1/nothing'],
};

const REQUEST = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/list',
  params: {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'smoke', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
};

const packages = join(import.meta.dirname, '..', 'packages');
for (const name of readdirSync(packages)) {
  const { bin, version, engines } = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'));
  if (bin === undefined) continue;
  const main = join(packages, name, 'dist', 'main.js');
  const said = run(main, ['--version']).trim();
  if (said !== version) throw new Error(`${name}: --version says ${said} instead of ${version}`);
  const answer = JSON.parse(run(main, ARGUMENTS[name] ?? [], `${JSON.stringify(REQUEST)}\n`));
  const tools: unknown[] = answer.result?.tools ?? [];
  if (tools.length === 0) throw new Error(`${name}: tools/list answers ${JSON.stringify(answer)}`);
  console.log(`${name} ${said}: ${tools.length} tools on Node ${process.versions.node} (declared: ${engines.node})`);
}

function run(main: string, args: readonly string[], input = ''): string {
  const { status, signal, stdout, stderr, error } = spawnSync(process.execPath, [main, ...args], {
    input,
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status === 0) return stdout;
  throw new Error(`${main} ${args.join(' ')} ended with ${status ?? signal}\n${stderr ?? ''}${error ?? ''}`);
}
