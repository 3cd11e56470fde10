import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Policy } from './environment.ts';
import { type InstalledGit, openInstalledGit } from './installed.ts';
import { type NetworkSettings, openNetwork } from './network.ts';
import { provePrograms } from './programs.ts';

const NO_SHELL = '/nowhere/sh';
const PLAIN: Policy = { hooks: false, lfs: false, signing: false, userConfig: false };
const directory = mkdtempSync(join(tmpdir(), 'touchstone-git-programs-'));
const before = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
let installed: InstalledGit;

beforeAll(async () => {
  process.env['HOME'] = directory;
  installed = await openInstalledGit({ acceptOldGit: true, maxMemoryMb: 1_024 }, { ...PLAIN, userConfig: true });
});

afterAll(async () => {
  Object.assign(process.env, before);
  await installed[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

test.each<[what: Partial<Policy>, says: RegExp]>([
  [{ hooks: true }, /^hooks needs \/nowhere\/sh, by which git starts most hooks, and there is none\.$/],
  [{ lfs: true }, /^lfs needs \/nowhere\/sh/],
])('where there is no shell, %j stops the start', async (policy, says) => {
  await expect(provePrograms({ ...PLAIN, ...policy }, installed, NO_SHELL)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(says),
    hint: expect.stringMatching(/a base that has\), or leave (?:hooks|lfs) out\.$/),
  });
});

test('nothing is asked for that nobody wants', async () => {
  await expect(provePrograms(PLAIN, installed, NO_SHELL)).resolves.toBeUndefined();
});

test.each<[what: Partial<Policy>, configuration: string, program: string]>([
  [{ lfs: true }, '', 'git-lfs'],
  [{ signing: true }, '', 'gpg'],
  [{ signing: true }, '[gpg]\n\tprogram = my-gpg\n', 'my-gpg'],
  [{ signing: true }, '[gpg]\n\tformat = ssh\n', 'ssh-keygen'],
  [{ signing: true }, '[gpg]\n\tformat = x509\n', 'gpgsm'],
  [{ signing: true }, '[gpg]\n\tformat = ssh\n[gpg "ssh"]\n\tprogram = /nowhere/signer\n', '/nowhere/signer'],
])('%j with %j needs its program', async (policy, configuration, program) => {
  writeFileSync(join(directory, '.gitconfig'), configuration);
  const own = join(directory, program.replaceAll('/', '_'));
  process.env['PATH'] = directory;
  try {
    const missing = provePrograms({ ...PLAIN, ...policy }, installed);
    await expect(missing).rejects.toThrow(`needs the program ${JSON.stringify(program)}, and it is not there.`);
    if (program.startsWith('/')) return;
    writeFileSync(own, '#!/bin/sh\n');
    chmodSync(own, 0o755);
    await expect(provePrograms({ ...PLAIN, ...policy }, installed)).resolves.toBeUndefined();
  } finally {
    process.env['PATH'] = before.PATH;
    rmSync(own, { force: true });
  }
});

const remote: NetworkSettings = { allowHosts: ['example.com'] };

test.each<[settings: Partial<NetworkSettings>, says: RegExp]>([
  [{ allowHosts: ['ssh://example.com'] }, /^allowHosts with ssh:\/\/ needs \/nowhere\/sh, by which git starts ssh/],
  [{ sshKey: '/keys/a' }, /^sshKey needs/],
  [{ sshKnownHosts: '/keys/known' }, /^sshKnownHosts needs/],
  [{ credentialHelper: 'store' }, /^credentialHelper needs/],
])('remotes: %j without a shell stops the start', async (settings, says) => {
  await expect(openNetwork({ ...remote, ...settings }, installed, NO_SHELL)).rejects.toMatchObject({
    message: expect.stringMatching(says),
  });
});

test('remotes: https needs none, and ssh says so when it is used', async () => {
  expect(await openNetwork(remote, installed, NO_SHELL)).toMatchObject({ ssh: undefined });
});

test.each([
  ['store', undefined],
  ['no-such-helper', 'git-credential-no-such-helper'],
  ['/nowhere/helper --flag', '/nowhere/helper'],
])('remotes: the helper %s', async (credentialHelper, missing) => {
  const opened = openNetwork({ ...remote, credentialHelper }, installed);
  if (missing === undefined) await expect(opened).resolves.toBeDefined();
  else await expect(opened).rejects.toThrow(`credentialHelper needs the program ${JSON.stringify(missing)}`);
});
