import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fault } from './errno.ts';
import { foldSpelling, Spellings, withSpelling } from './spelling.ts';
import { refusalOf } from './temporary-directory.testing.ts';

/** A directory in memory that finds a name by its exact spelling, and counts how often all of them were read. */
function directoryOf(names: readonly string[]) {
  const directory = {
    listed: 0,
    async *entries() {
      directory.listed += 1;
      for (const name of names) yield { name };
    },
    find(name: string, spellings = new Spellings()) {
      const look = async (spelling: string) => {
        if (!names.includes(spelling)) throw fault('ENOENT');
        return spelling;
      };
      return withSpelling(directory, name, look, { spellings, called: () => '/d' });
    },
  };
  return directory;
}

describe('withSpelling', () => {
  it('finds the exact name without reading the directory, even beside one like it', async () => {
    const directory = directoryOf(['e\u0301', '\u00e9']);
    expect([await directory.find('\u00e9'), await directory.find('e\u0301')]).toEqual(['\u00e9', 'e\u0301']);
    expect(directory.listed).toBe(0);
  });

  it('reads no directory for a plain name', async () => {
    const directory = directoryOf(['\u212a']);
    await expect(directory.find('K')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(directory.listed).toBe(0);
  });

  it('names at most five of many that are alike', async () => {
    const spellings = [...'01234567'].map((digit) =>
      [...Number(digit).toString(2).padStart(3, '0')].map((bit) => (bit === '0' ? '\u00e9' : 'e\u0301')).join(''),
    );
    const asked = spellings.pop() ?? '';
    const refusal = await refusalOf(() => directoryOf(spellings).find(asked));
    expect([refusal.code, refusal.message.split(', ').length]).toEqual(['conflict', 5]);
    expect(refusal.message).toMatch(/^[ -~]*$/);
  });

  it('reads a directory once for all names of a call', async () => {
    const directory = directoryOf(['\u00e9', 'K', 'plain']);
    const spellings = new Spellings();
    const asked = ['\u00e8', 'e\u0301', '\u212a', 'x y', 'e\u0301\u0301'];
    const found = await Promise.allSettled(asked.map((name) => directory.find(name, spellings)));
    expect(found.map((result) => (result.status === 'fulfilled' ? result.value : undefined))).toEqual([
      undefined,
      '\u00e9',
      'K',
      undefined,
      undefined,
    ]);
    expect(directory.listed).toBe(1);
  });

  it('stops reading when it is told to', async () => {
    const directory = directoryOf(['\u00e9']);
    await expect(directory.find('e\u0301', new Spellings(AbortSignal.abort()))).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('passes other failures on', async () => {
    const failing = withSpelling(directoryOf(['\u00e9']), 'e\u0301', () => Promise.reject(fault('EACCES')), {
      spellings: new Spellings(),
      called: () => '/d',
    });
    await expect(failing).rejects.toMatchObject({ code: 'EACCES' });
  });

  // Names of what is composed, decomposed, spaced and not to be folded.
  const name = fc.string({
    unit: fc.constantFrom('a', 'K', '\u212a', '\u00e9', 'e\u0301', 'e', ' ', '\u00a0', '\u202f', '.', '\u212b', '\u00c5'),
    minLength: 1,
    maxLength: 4,
  });

  it('gives back the exact name, or the only one alike, or nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { maxLength: 8 }), name, async (all, asked) => {
        const names = all.filter((each) => each !== '.' && each !== '..');
        const alike = names.filter((each) => foldSpelling(each) === foldSpelling(asked));
        const found = await directoryOf(names)
          .find(asked)
          .catch((error: { code: string }) => error.code);
        if (names.includes(asked)) expect(found).toBe(asked);
        else if (/^[!-~]*$/.test(asked) || alike.length === 0) expect(found).toBe('ENOENT');
        else expect(found).toBe(alike.length === 1 ? alike[0] : 'conflict');
      }),
      { numRuns: 500 },
    );
  });
});
