import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { proveBranchName } from '../src/domain/names.ts';

/** What git itself says: without a repository, so that `@{-1}` and the like mean nothing. */
function gitAccepts(name: string): boolean {
  try {
    execFileSync('git', ['check-ref-format', `refs/heads/${name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function weAccept(name: string): boolean {
  try {
    return proveBranchName(name) === name;
  } catch {
    return false;
  }
}

/** Git allows these, we do not: they would be taken for an option, for HEAD, for a full name, or are longer than anybody needs. */
const STRICTER = /^-|^(?:HEAD|@)$|^refs\//;

const part = fc.stringMatching(/^[a-z.@{}~^:?*[\\ \-/]{0,6}$/);
const name = fc.oneof(
  fc
    .array(
      fc.constantFrom('a', 'é', '.', '..', '/', '-', '@', '@{', '.lock', 'lock', '~', '^', ':', '\t', '\u007f', ' ', '*', 'HEAD', 'refs'),
      { maxLength: 6 },
    )
    .map((parts) => parts.join('')),
  fc.tuple(part, part).map((parts) => parts.join('/')),
  fc.string({ maxLength: 12 }).filter((text) => !text.includes('\0')),
);

test('a name of a branch is one for git, and the other way round but for what is said', () => {
  fc.assert(
    fc.property(name, (text) => {
      if (weAccept(text)) expect([text, gitAccepts(text)]).toEqual([text, true]);
      else if (!STRICTER.test(text)) expect([text, gitAccepts(text)]).toEqual([text, false]);
    }),
    { numRuns: 400 },
  );
});
