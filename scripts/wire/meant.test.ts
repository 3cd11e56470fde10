import { expect, test } from 'vitest';
import { isMeant } from './meant.ts';

const changeset = (bump: string, note: string, name = '@touchstone-mcp/git') => `---\n'${name}': ${bump}\n---\n\n${note}\n`;

test.each([
  ['a major bump', [changeset('major', 'git_log is gone.')], '1.2.0', true],
  ['a minor bump', [changeset('minor', 'Breaking: git_log is gone.')], '1.2.0', false],
  ['a patch', [changeset('patch', 'Breaking: git_log is gone.')], '0.2.0', false],
  ['no changeset', [], '1.2.0', false],
  ["another package's", [changeset('major', 'Gone.', '@touchstone-mcp/core')], '1.2.0', false],
  ['one of several', [changeset('patch', 'Faster.'), changeset('major', 'git_log is gone.')], '1.2.0', true],
  ['before 1.0.0, a minor bump that says so', [changeset('minor', 'Answers are shorter.\n\nBreaking: git_log is gone.')], '0.2.0', true],
  ['before 1.0.0, a minor bump that does not', [changeset('minor', 'Not a Breaking: at all.')], '0.2.0', false],
  ['before 1.0.0, a major bump', [changeset('major', 'git_log is gone.')], '0.2.0', true],
])('%s', (_what, changesets, version, meant) => {
  expect(isMeant(changesets, '@touchstone-mcp/git', version)).toBe(meant);
});
