import { describe, expect, test } from 'vitest';
import { blocksIn, codeBlock, fillBlocks } from './blocks.ts';

const text =
  'Before.\n<!-- generated:a -->\nold\n<!-- /generated -->\nBetween.\n<!-- generated:code x.ts #part -->\n<!-- /generated -->\nAfter.\n';

describe('blocks', () => {
  test('are found by name', () => {
    expect(blocksIn(text)).toEqual(['a', 'code x.ts #part']);
  });

  test('are replaced, and nothing else is; twice is once', () => {
    const filled = fillBlocks('x.md', text, (name) => `$& new ${name}`);
    expect(filled).toBe(
      'Before.\n<!-- generated:a -->\n\n$& new a\n\n<!-- /generated -->\nBetween.\n<!-- generated:code x.ts #part -->\n\n$& new code x.ts #part\n\n<!-- /generated -->\nAfter.\n',
    );
    expect(fillBlocks('x.md', filled, (name) => `$& new ${name}`)).toBe(filled);
  });

  test('begin a line: in prose, a marker is prose', () => {
    const prose = 'Write `<!-- generated:tools -->`, then `<!-- /generated -->`.\n';
    expect(fillBlocks('x.md', prose, () => expect.fail())).toBe(prose);
  });

  test.each([
    ['the last', '<!-- generated:a -->\nx\n'],
    ['one before another', '<!-- generated:a -->\nx\n<!-- generated:b -->\n<!-- /generated -->\n'],
  ])('without an end are refused: %s', (_which, broken) => {
    expect(() => fillBlocks('x.md', broken, () => '')).toThrow('x.md: a generated block has no end');
  });
});

describe('code', () => {
  const source = 'import x;\n\n// #region part\n  if (x) {\n    y();\n  }\n\n  z();\n// #endregion\nend;\n';
  const read = (path: string) => (path.startsWith('x') ? source : expect.fail(path));

  test('a whole file', () => {
    expect(codeBlock('code x.ts', read)).toBe(`\`\`\`ts\n${source.trim()}\n\`\`\``);
  });

  test('a region of it, without the indentation that all its lines have', () => {
    expect(codeBlock('code x.ts #part', read)).toBe('```ts\nif (x) {\n  y();\n}\n\nz();\n```');
  });

  test('a region that is not there is named', () => {
    expect(() => codeBlock('code x.ts #other', read)).toThrow('x.ts has no "// #region other"');
  });

  test('other languages', () => {
    expect(codeBlock('code x.json', read)).toMatch(/^```json\n/);
    expect(codeBlock('code x.unknown', read)).toMatch(/^```\n/);
  });
});
