import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { openExtractor } from '../src/domain/extract.ts';
import type { Page } from '../src/domain/page.ts';
import { CORPUS } from './corpus-pages.ts';

const folder = new URL('corpus/', import.meta.url);
const extractor = openExtractor();
afterAll(() => extractor[Symbol.asyncDispose]());

/** Of all that must be there and all that must not, how much is so. */
const score = { right: 0, all: 0 };
const wrong: string[] = [];

function judge(name: string, what: string, right: boolean): void {
  score.all += 1;
  if (right) score.right += 1;
  else wrong.push(`${name}: ${what}`);
}

function read(name: string): Promise<Page> {
  const facts = { url: 'https://site.example/dir/page', mediaType: 'text/html', format: 'markdown' } as const;
  return extractor.extract(readFileSync(new URL(`${name}.html`, folder)), facts, new AbortController().signal);
}

describe('saved pages become Markdown', () => {
  test('every page has its row', () => {
    const pages = readdirSync(folder).filter((file) => file.endsWith('.html'));
    expect(pages.map((file) => file.replace('.html', '')).toSorted()).toEqual(CORPUS.map(({ name }) => name).toSorted());
    expect(pages.length).toBeGreaterThanOrEqual(30);
  });

  test.each(CORPUS)('$name', async ({ name, keeps, drops }) => {
    const page = await read(name);
    await expect(`${page.content}\n`).toMatchFileSnapshot(`corpus/${name}.md`);
    for (const text of keeps) judge(name, `lost ${JSON.stringify(text)}`, page.content.includes(text));
    for (const text of drops) judge(name, `kept ${JSON.stringify(text)}`, !page.content.includes(text));
    for (const { start, level, end } of page.outline) {
      expect(page.content.slice(start)).toMatch(new RegExp(`^(?:[> ]|\\d+\\. |- )*#{${level}} `));
      expect(end).toBeGreaterThan(start);
    }
  });

  test('score of headings, tables, code, links and boilerplate', () => {
    process.stdout.write(
      `corpus: ${score.right} of ${score.all} facts (${((100 * score.right) / score.all).toFixed(1)} %)\n${wrong.join('\n')}\n`,
    );
    expect(score.all).toBeGreaterThan(250);
    expect(score.right / score.all).toBeGreaterThanOrEqual(0.97);
  });
});
