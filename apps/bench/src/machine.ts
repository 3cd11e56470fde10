import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, release, totalmem, type } from 'node:os';
import { pinned } from './peers.ts';

/** What a figure is worth depends on: where, with what, when. */
export interface Circumstances {
  date: string;
  cpu: string;
  memory: string;
  system: string;
  node: string;
  packages: Record<string, string>;
}

/** The circumstances of this run. */
export function circumstances(): Circumstances {
  const model = cpus()[0]?.model ?? 'unknown';
  const manifest = (path: string) => JSON.parse(readFileSync(new URL(`../../../packages/${path}/package.json`, import.meta.url), 'utf8'));
  const filesystem = manifest('filesystem');
  const ours = ['core', 'filesystem', 'postgres', 'git', 'http-fetch'].map((name) => [`@touchstone-mcp/${name}`, manifest(name).version]);
  return {
    date: new Date().toISOString(),
    cpu: `${model}, ${cpus().length} cores`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()} ${arch()}`,
    node: process.version,
    packages: {
      ...Object.fromEntries(ours),
      '@vscode/ripgrep': filesystem.dependencies['@vscode/ripgrep'],
      ...pinned,
      git: gitVersion(),
    },
  };
}

function gitVersion(): string {
  return spawnSync('git', ['--version'], { encoding: 'utf8' }).stdout?.replace('git version ', '').trim() ?? 'not installed';
}
