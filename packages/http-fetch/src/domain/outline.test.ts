import { describe, expect, test } from 'vitest';
import { readHtml } from './html.ts';
import { findSection } from './outline.ts';

const html = `<title>T</title><main><h1>Guide</h1><p>${'Words. '.repeat(40)}</p><h2 id="install">Install it</h2><p>one</p><h3>On Linux</h3><p>two</p>
<section id="use"><h2>Use &amp; *abuse*</h2><p>three</p></section><h2>Notes</h2><p>four</p><h2>Notes</h2><p>five</p></main>`;
const { content, outline } = readHtml(html, 'https://a.example/', 'markdown');
const textOf = (name: string) => {
  const section = findSection(outline, name);
  return section === undefined ? undefined : content.slice(section.start, section.end).trim();
};

describe('outline', () => {
  test('levels, texts and anchors', () => {
    expect(outline.map(({ level, text, anchor }) => [level, text, anchor])).toEqual([
      [1, 'Guide', 'guide'],
      [2, 'Install it', 'install'],
      [3, 'On Linux', 'on-linux'],
      [2, 'Use & *abuse*', 'use'],
      [2, 'Notes', 'notes'],
      [2, 'Notes', 'notes-1'],
    ]);
  });

  test('the sections of a level make up the page', () => {
    const parts = outline.filter(({ level }) => level === 2).map(({ start, end }) => content.slice(start, end));
    expect(content.endsWith(parts.join(''))).toBe(true);
    expect(outline[0]).toMatchObject({ start: 0, end: content.length });
  });

  test.each([
    ['install', '## Install it\n\none\n\n### On Linux\n\ntwo'],
    ['#install', '## Install it\n\none\n\n### On Linux\n\ntwo'],
    ['## Install it', '## Install it\n\none\n\n### On Linux\n\ntwo'],
    ['on linux', '### On Linux\n\ntwo'],
    ['linux', '### On Linux\n\ntwo'],
    ['use', '## Use & \\*abuse\\*\n\nthree'],
    ['notes-1', '## Notes\n\nfive'],
    ['Notes', '## Notes\n\nfour'],
    ['no such', undefined],
    ['', undefined],
    ['not', undefined],
  ])('section %j', (name, expected) => {
    expect(textOf(name)).toBe(expected);
  });
});
