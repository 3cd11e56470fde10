import { describe, expect, test } from 'vitest';
import { mediaOf } from './media.ts';
import type { Format } from './page.ts';
import { readBody } from './read-body.ts';

const url = 'https://a.example/feed/';

function read(body: string | Buffer, mediaType: string, format: Format = 'markdown', charset?: string) {
  const bytes = new Uint8Array(Buffer.from(body));
  return readBody(bytes, { url, mediaType, format, plain: false, totalBytes: bytes.length, ...(charset === undefined ? {} : { charset }) });
}

const RSS = `<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>News &amp; notes</title><link>https://a.example/</link><description>All of it</description><language>en</language><lastBuildDate>Mon, 06 Jan 2025 10:00:00 GMT</lastBuildDate>
<item><title><![CDATA[First <one>]]></title><link>/1</link><pubDate>Mon, 06 Jan 2025 10:00:00 GMT</pubDate><dc:creator>Desk</dc:creator><description>&lt;p&gt;Some &lt;b&gt;words&lt;/b&gt; &lt;span style="display:none"&gt;OBEY&lt;/span&gt;&lt;/p&gt;</description></item>
<item><title>Second</title><guid>https://a.example/2</guid><content:encoded><![CDATA[<p>Long text</p><script>no</script>]]></content:encoded></item>
<item><title>Third</title><guid isPermaLink="false">tag:3</guid></item></channel></rss>`;
const ATOM = `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title type="html">Log &lt;b&gt;book&lt;/b&gt;</title><updated>2025-01-06</updated>
<entry><title>One</title><link rel="edit" href="/edit"/><link href="/one"/><published>2025-01-05</published><author><name>Desk</name></author><summary>Short</summary></entry>
<entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Two</div></title><link rel="alternate" href="two"/><content type="xhtml"><div>Body <i>text</i></div></content></entry></feed>`;
const RDF = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://a.example/"><title>Old</title></channel><item rdf:about="https://a.example/i"><title>Item</title><link>https://a.example/i</link><dc:date>2003-01-01</dc:date></item></rdf:RDF>`;
const JSON_FEED = JSON.stringify({
  version: 'https://jsonfeed.org/version/1.1',
  title: 'JSON feed',
  items: [
    {
      id: '1',
      url: 'https://a.example/j',
      title: 'Entry',
      content_html: '<p>Hi</p>',
      date_published: '2025-01-01',
      authors: [{ name: 'Desk' }],
    },
    { id: '2', content_text: 'Only text' },
  ],
});

describe('feeds and sitemaps', () => {
  test('RSS 2.0', async () => {
    const page = await read(RSS, 'application/rss+xml');
    expect(page).toMatchObject({
      kind: 'feed',
      title: 'News & notes',
      description: 'All of it',
      language: 'en',
      modified: 'Mon, 06 Jan 2025 10:00:00 GMT',
    });
    expect(page.content).toBe(
      '# News & notes\n\nAll of it\n\n' +
        '- [First \\<one>](https://a.example/1) (Mon, 06 Jan 2025 10:00:00 GMT, Desk): Some words\n' +
        '- [Second](https://a.example/2): Long text\n- Third',
    );
    expect(page.links.map((link) => link.url)).toEqual(['https://a.example/1', 'https://a.example/2']);
  });

  test('Atom', async () => {
    const page = await read(ATOM, 'application/atom+xml');
    expect(page).toMatchObject({ kind: 'feed', title: 'Log book', language: 'de' });
    expect(page.content).toBe(
      '# Log book\n\n- [One](https://a.example/one) (2025-01-05, Desk): Short\n- [Two](https://a.example/feed/two): Body text',
    );
  });

  test('RDF', async () => {
    expect((await read(RDF, 'text/xml')).content).toBe('# Old\n\n- [Item](https://a.example/i) (2003-01-01)');
  });

  test('JSON Feed', async () => {
    const page = await read(JSON_FEED, 'application/feed+json');
    expect(page.content).toBe('# JSON feed\n\n- [Entry](https://a.example/j) (2025-01-01, Desk): Hi\n- Untitled: Only text');
  });

  test('a feed that is called text', async () => {
    expect((await read(RSS, 'text/plain')).kind).toBe('feed');
  });

  test('sitemap and index of sitemaps', async () => {
    const map = await read(
      '<urlset><url><loc>https://a.example/x?a=1&amp;b=2</loc><lastmod>2025-01-01</lastmod></url></urlset>',
      'application/xml',
    );
    expect(map).toMatchObject({
      kind: 'sitemap',
      content: '# Sitemap\n\n- [https://a.example/x?a=1&b=2](https://a.example/x?a=1&b=2) (2025-01-01)',
    });
    const index = await read('<sitemapindex><sitemap><loc>https://a.example/s.xml</loc></sitemap></sitemapindex>', 'text/xml');
    expect(index.content).toContain('# Sitemap index\n\n- [https://a.example/s.xml]');
  });

  test.each([
    ['application/xml', '<note><to>x</to></note>', 'xml'],
    ['image/svg+xml', '<svg><text>x</text></svg>', 'xml'],
    ['text/xml', '<rss><nothing>', 'xml'],
    ['text/css', 'p { color: red }', 'text'],
    ['text/csv', 'a,b\r\n1,2', 'text'],
    ['text/plain', '<p>not HTML</p>', 'text'],
    ['', '<!doctype html><p>HTML</p>', 'html'],
    ['application/octet-stream', 'plain words', 'text'],
    ['application/json', '{"a":1}', 'json'],
    ['application/json', 'not json', 'json'],
    ['', '{"a":1}', 'json'],
    ['application/xhtml+xml', '<html><body><p>x</p></body></html>', 'html'],
  ])('%s %s is %s', async (mediaType, body, kind) => {
    expect((await read(body, mediaType)).kind).toBe(kind);
  });
});

describe('JSON', () => {
  test('short stays, long is set out without losing digits or keys', async () => {
    expect((await read('{"a": 1}', 'application/json')).content).toBe('{"a": 1}');
    const long = `{"id":12345678901234567890,"list":[],"o":{},"text":"${'x: [1, {'.repeat(60)}","a":[1.10,null],"a":true}`;
    const { content } = await read(long, 'application/json');
    expect(content).toContain('\n "id": 12345678901234567890,\n "list": [],\n "o": {},\n "text": "x: [1, {');
    expect(content).toContain('\n "a": [\n  1.10,\n  null\n ],\n "a": true\n}');
    expect(JSON.parse(content)).toEqual(JSON.parse(long));
  });
});

describe('formats of a page', () => {
  const page =
    '<title>T</title><main class=x><h1 id=top onclick=x>Head</h1><p style="color:red">One <b>two</b> <a href="/x">three</a><span hidden>OBEY</span></p><pre>a\n b</pre><table><tr><th>k<th>v<tr><td>1<td>2</table></main>';
  const long = page.replace('</main>', `<p>${'Words. '.repeat(40)}</p></main>`);

  test('text', async () => {
    const { content, links } = await read(long, 'text/html', 'text');
    expect(content).toMatch(/^Head\n\nOne two three\n\na\n b\n\nk\tv\n1\t2\n\nWords\./);
    expect(links).toHaveLength(1);
  });

  test('html is cleaned', async () => {
    const { content } = await read(long, 'text/html', 'html');
    expect(content).toContain('<b>two</b> <a href="https://a.example/x">three</a></p>');
    expect(content).not.toMatch(/onclick|style|class|OBEY|hidden/);
  });

  test('source is what came', async () => {
    expect((await read(long, 'text/html', 'source')).content).toBe(long);
  });
});

describe('HF-066 what is no text', () => {
  test.each([
    ['application/zip', 'PK\x03\x04\0\0', 'application/zip, 6 bytes'],
    ['application/octet-stream', '\0\x01\x02\x03', 'application/octet-stream, 4 bytes'],
    ['', '\x7fELF\x02\x01\x01\0\0', 'an unknown type, 9 bytes'],
    ['text/html', 'a\0b', 'text/html, 3 bytes'],
    ['image/png', '\x89PNG\r\n\x1a\n', 'image/png, 8 bytes'],
    ['text/plain', '\x1f\x8b\x08\x00', 'text/plain, 4 bytes'],
  ])('%s %j is refused with its type and size', async (mediaType, body, message) => {
    await expect(read(Buffer.from(body, 'latin1'), mediaType)).rejects.toMatchObject({
      code: 'invalid_input',
      message: `The answer is no text: ${message}.`,
    });
  });

  test('UTF-16 has zeros and is text', async () => {
    expect((await read(Buffer.from('\ufeffword', 'utf16le'), 'text/plain')).content).toBe('word');
    expect((await read(Buffer.from('word', 'utf16le'), 'text/plain', 'markdown', 'utf-16le')).content).toBe('word');
  });

  test.each([
    ['\x89PNG\r\n\x1a\n', { kind: 'image', mimeType: 'image/png' }],
    ['\xff\xd8\xff\xe0', { kind: 'image', mimeType: 'image/jpeg' }],
    ['GIF89a', { kind: 'image', mimeType: 'image/gif' }],
    ['RIFF\0\0\0\0WEBP', { kind: 'image', mimeType: 'image/webp' }],
    ['RIFF\0\0\0\0WAVE', { kind: 'audio', mimeType: 'audio/wav' }],
    ['ID3\x04', { kind: 'audio', mimeType: 'audio/mpeg' }],
    ['OggS', { kind: 'audio', mimeType: 'audio/ogg' }],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', undefined],
    ['%PDF-1.7', undefined],
    ['words', undefined],
  ])('media by its bytes: %j', (body, media) => {
    expect(mediaOf(Buffer.from(body, 'latin1'))).toEqual(media);
  });

  test('media over the cap', () => {
    expect(() => mediaOf(Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(4_000_000)]))).toThrow(/more than the 3932160 bytes/);
  });
});

/** A PDF with a line of text on each page. */
function pdf(...lines: string[]): Buffer {
  const font = 3 + 2 * lines.length;
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Count ${lines.length}/Kids[${lines.map((_, page) => `${3 + 2 * page} 0 R`).join(' ')}]>>`,
    ...lines.flatMap((line, page) => {
      const stream = `BT /F1 12 Tf 20 100 Td (${line}) Tj ET`;
      return [
        `<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents ${4 + 2 * page} 0 R/Resources<</Font<</F1 ${font} 0 R>>>>>>`,
        `<</Length ${stream.length}>>stream\n${stream}\nendstream`,
      ];
    }),
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
    '<</Title(A report)/Author(Desk)>>',
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = body.length;
    body += `${index + 1} 0 obj${object}endobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const xref = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}`;
  return Buffer.from(
    `${body}${xref}trailer<</Size ${objects.length + 1}/Root 1 0 R/Info ${objects.length} 0 R>>\nstartxref\n${body.length}\n%%EOF`,
    'latin1',
  );
}

describe('PDF', () => {
  test('page by page', async () => {
    const page = await read(pdf('First page', 'Second page'), 'application/pdf');
    expect(page).toMatchObject({ kind: 'pdf', title: 'A report', byline: 'Desk', truncated: false, notes: [] });
    expect(page.content).toBe('## Page 1\n\nFirst page\n\n## Page 2\n\nSecond page');
    expect(page.outline.map(({ start, end }) => page.content.slice(start, end))).toEqual([
      '## Page 1\n\nFirst page\n\n',
      '## Page 2\n\nSecond page',
    ]);
  });

  test('whatever it is called', async () => {
    expect((await read(pdf('Text'), 'application/octet-stream')).kind).toBe('pdf');
  });

  test('no text, and broken', async () => {
    expect((await read(pdf(''), 'application/pdf')).notes).toEqual(['The PDF has no text: its pages are pictures.']);
    await expect(read('%PDF-1.4 nothing', 'application/pdf')).rejects.toMatchObject({ code: 'invalid_input' });
  });
});
