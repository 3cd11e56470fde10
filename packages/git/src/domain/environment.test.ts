import { expect, test } from 'vitest';
import { environmentOf, overridesOf, type Policy } from './environment.ts';
import { holesOf, isBelow, versionOf } from './version.ts';

const NOTHING: Policy = { hooks: false, lfs: false, signing: false, userConfig: false };

test('GIT-010: nothing of the process but where programs are', () => {
  const env = environmentOf(NOTHING, {
    PATH: '/bin:.:bin:/usr/bin',
    HOME: '/home/x',
    GIT_DIR: '/x',
    LD_PRELOAD: 'x',
    SSH_AUTH_SOCK: '/s',
    TZ: 'UTC',
  });
  expect(env).toMatchObject({ PATH: '/bin:/usr/bin', HOME: '/dev/null', GIT_CONFIG_GLOBAL: '/dev/null', TZ: 'UTC' });
  expect(Object.keys(env)).not.toEqual(expect.arrayContaining(['GIT_DIR']));
  expect('LD_PRELOAD' in env || 'SSH_AUTH_SOCK' in env).toBe(false);
});

test('each opt-in opens its own thing', () => {
  const env = environmentOf(
    { ...NOTHING, userConfig: true, identity: { name: 'Gardener', email: 'a@b' } },
    { HOME: '/home/x', GIT_CONFIG_GLOBAL: '/y' },
  );
  expect(env).toMatchObject({ HOME: '/home/x', GIT_AUTHOR_NAME: 'Gardener', GIT_COMMITTER_EMAIL: 'a@b', GIT_CONFIG_NOSYSTEM: '1' });
  expect(env['GIT_CONFIG_GLOBAL']).toBeUndefined();
  expect(overridesOf(NOTHING)).toEqual(expect.arrayContaining(['core.hooksPath=/dev/null', 'commit.gpgSign=false', 'credential.helper=']));
  expect(overridesOf({ ...NOTHING, hooks: true })).not.toContain('core.hooksPath=/dev/null');
  expect(overridesOf({ ...NOTHING, signing: true })).not.toContain('commit.gpgSign=false');
  expect(overridesOf({ ...NOTHING, lfs: true })).toContain('filter.lfs.required=true');
});

test.each([
  ['git version 2.39.5', [2, 39, 5]],
  ['git version 2.50.1.windows.1', [2, 50, 1]],
  ['git version 2.39.5 (Apple Git-154)', [2, 39, 5]],
  ['git version 2.52.0-rc1', [2, 52, 0]],
  ['?', [0, 0, 0]],
])('%s', (text, version) => expect(versionOf(text)).toEqual(version));

test('holes of versions', () => {
  expect(isBelow([2, 34, 0], [2, 34, 0])).toBe(false);
  expect(isBelow([2, 9, 9], [2, 34, 0])).toBe(true);
  expect(isBelow([3, 0, 0], [2, 34, 0])).toBe(false);
  expect(holesOf([2, 34, 1])).toHaveLength(1);
  expect(holesOf([2, 34, 6])).toEqual([]);
  expect(holesOf([2, 39, 0])).toHaveLength(1);
  expect(holesOf([2, 40, 0])).toEqual([]);
});
