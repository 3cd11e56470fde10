import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { samplePdf } from '../../../packages/http-fetch/test/sample-pdf.ts';
import type { Settings } from '../src/host.ts';
import { run } from '../src/run.ts';

/** What a user fills in, and one call that needs more than the start: a program, a module or a thread of the bundle. */
export interface Visit extends Partial<AsyncDisposable> {
  settings: Settings;
  call: readonly [name: string, args: Record<string, unknown>];
  /** What the answer holds. */
  answer: RegExp;
}

/** What a server's bundle may weigh, the programs in it, and a visit prepared in an empty folder. */
export interface Subject {
  megabytes: number;
  programs: readonly (readonly [path: string, platform: string])[];
  prepare: (workshop: string) => Promise<Visit>;
}

const RIPGREP = [
  ['@vscode/ripgrep-darwin-arm64/bin/rg', 'darwin-arm64'],
  ['@vscode/ripgrep-darwin-x64/bin/rg', 'darwin-x64'],
  ['@vscode/ripgrep-linux-arm64/bin/rg', 'linux-arm64'],
  ['@vscode/ripgrep-linux-x64/bin/rg', 'linux-x64'],
  ['@vscode/ripgrep-win32-arm64/bin/rg.exe', 'win32-arm64'],
  ['@vscode/ripgrep-win32-x64/bin/rg.exe', 'win32-x64'],
] as const;

/** Every server. */
export const SUBJECTS: Readonly<Record<string, Subject>> = {
  filesystem: { megabytes: 14, programs: RIPGREP, prepare: twoDirectories },
  git: { megabytes: 0.4, programs: [], prepare: repository },
  'http-fetch': { megabytes: 1.2, programs: [], prepare: pdfBehindProxy },
  postgres: { megabytes: 0.9, programs: [], prepare: twoStatements },
};

/** The second of two directories is searched, by ripgrep. */
async function twoDirectories(workshop: string): Promise<Visit> {
  const directories = [join(workshop, 'notes'), join(workshop, 'old letters')];
  for (const directory of directories) await mkdir(directory);
  await writeFile(join(workshop, 'old letters', 'to-ada.txt'), 'Dear Ada,\nthe engine works.\n');
  return {
    settings: { directories },
    call: ['search_content', { path: join(workshop, 'old letters'), pattern: 'eng.ne' }],
    answer: /to-ada\.txt/,
  };
}

async function repository(workshop: string): Promise<Visit> {
  await run('git', ['init', '--quiet'], workshop);
  const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  await run('git', [...author, 'commit', '--quiet', '--no-gpg-sign', '--allow-empty', '--message', 'The engine works'], workshop);
  return { settings: { repositories: [workshop] }, call: ['git_log', { repo_path: workshop }], answer: /The engine works/ };
}

/** A PDF, which needs unpdf and a thread, from a host that only the user's proxy knows. */
async function pdfBehindProxy(): Promise<Visit> {
  const proxy = createServer(({ url }, response) => {
    if (url !== 'http://engine.example/paper.pdf') response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'application/pdf' }).end(samplePdf('The engine works'));
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  // It listens on TCP.
  const { port } = proxy.address() as AddressInfo;
  return {
    settings: { proxyUrl: `http://127.0.0.1:${port}`, allowHosts: 'engine.example' },
    call: ['fetch', { url: 'http://engine.example/paper.pdf' }],
    answer: /The engine works/,
    async [Symbol.asyncDispose]() {
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

/** The second of two statements is refused by PostgreSQL's own grammar, before anybody looks for the database. */
async function twoStatements(): Promise<Visit> {
  const url = 'postgres://ada@127.0.0.1:1/engine';
  return { settings: { url }, call: ['query', { sql: 'select 1; drop table letters' }], answer: /one statement/i };
}
