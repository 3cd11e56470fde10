/** The git commands that a server runs: noted once, and run again without it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GIT_ENVIRONMENT } from './repository.ts';

/** One run of git. */
export interface GitCommand {
  args: readonly string[];
  stdin?: Buffer;
}

/** A program in git's place, which notes what it is asked before it becomes git. */
export interface Recorder {
  program: string;
  /** What was asked since the last time, in order. */
  take: () => GitCommand[];
}

/** A shell script in a folder, for git by its absolute path. */
export function recorderIn(folder: string, git: string): Recorder {
  const [program, notes] = [join(folder, 'recorded-git'), join(folder, 'recorded')];
  mkdirSync(notes);
  const script = ['#!/bin/sh', `at=$(mktemp -d '${notes}/XXXXXXXXXX')`, 'cat > "$at/stdin"', `printf '%s\\0' "$@" > "$at/args"`];
  writeFileSync(program, [...script, `exec '${git}' "$@" < "$at/stdin"`, ''].join('\n'));
  chmodSync(program, 0o755);
  return {
    program,
    take() {
      const folders = readdirSync(notes).map((name) => join(notes, name));
      const inOrder = folders.map((each) => ({ each, at: statSync(join(each, 'args')).mtimeMs })).sort((a, b) => a.at - b.at);
      return inOrder.map(({ each }) => {
        const args = readFileSync(join(each, 'args'), 'utf8').split('\0').slice(0, -1);
        const stdin = readFileSync(join(each, 'stdin'));
        rmSync(each, { recursive: true });
        return { args, stdin };
      });
    },
  };
}

/** Runs them one after the other, each from its start to its end. */
export async function runGit(cwd: string, commands: readonly GitCommand[]): Promise<{ ms: number; bytes: number }> {
  const sent = performance.now();
  let bytes = 0;
  for (const { args, stdin } of commands) {
    const child = spawn('git', args, { cwd, env: { ...process.env, ...GIT_ENVIRONMENT }, stdio: ['pipe', 'pipe', 'ignore'] });
    child.stdin.on('error', () => {}).end(stdin);
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`git ${args.join(' ')} has ended with code ${code}`);
  }
  return { ms: performance.now() - sent, bytes };
}
