import { connect, GENERATIONS, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { samplePdf } from './sample-pdf.ts';
import { type Site, startSite } from './site.ts';

let site: Site;
let client: TestClient;

beforeAll(async () => {
  site = await startSite();
});

beforeEach(() => {
  site.asked.length = 0;
});

afterAll(() => site[Symbol.asyncDispose]());

const url = 'http://site.example/page';

const article = `<!doctype html><html lang="en"><head><title>Kettles</title><meta name="author" content="Ada Wong">
<meta property="article:published_time" content="2026-03-01"></head><body><nav><a href="/">Home</a></nav><main><h1>Kettles</h1>
<p>${'A kettle boils water. '.repeat(10)}</p><h2 id="use">How to use it</h2><p>${'Fill it, then switch it on. '.repeat(10)}</p>
<h3>With tea</h3><p>${'Warm the pot. '.repeat(10)}</p><h2>Care</h2><p>See <a href="/descale">how to descale</a>. ${'Rinse it. '.repeat(10)}</p></main></body></html>`;

/** The text without the parts that are made anew each time. */
function textOf({ content }: Awaited<ReturnType<TestClient['callTool']>>): string {
  const [block] = content;
  return (block?.type === 'text' ? block.text : '').replaceAll(/untrusted-[0-9a-f]{12}/g, 'untrusted-*');
}

describe.each(GENERATIONS)('%s client', (generation) => {
  beforeAll(async () => {
    client = await connect(site.server, { maxCacheBytes: 0 }, generation);
  });
  afterAll(() => client[Symbol.asyncDispose]());

  test('a page: the official first line, then its words between marks', async () => {
    site.replies = { '/page': article };
    const answer = await client.callTool('fetch', { url });
    expect(textOf(answer)).toMatch(
      /^Contents of http:\/\/site\.example\/page:\n<untrusted-\*>\n\[Ada Wong, 2026-03-01\]\n\n# Kettles\n\nA kettle [\s\S]+Rinse it\.\n<\/untrusted-\*>$/,
    );
    expect(answer.structuredContent).toEqual({
      url,
      redirects: [],
      status: 200,
      mediaType: 'text/html',
      charset: 'utf-8',
      kind: 'html',
      title: 'Kettles',
      language: 'en',
      byline: 'Ada Wong',
      published: '2026-03-01',
      content: expect.stringMatching(/^# Kettles\n/),
      startIndex: 0,
      length: expect.any(Number),
      version: expect.stringMatching(/^[0-9a-f]{8}$/),
      extracted: true,
      truncated: false,
      bytes: article.length,
      fromCache: false,
      notes: [],
    });
  });

  test('a long page comes in parts that end with paragraphs and are the whole together', async () => {
    site.replies = { '/page': article };
    const whole = String((await client.callTool('fetch', { url })).structuredContent?.['content']);
    const parts: string[] = [];
    for (let start: unknown = 0; start !== undefined; ) {
      const answer = await client.callTool('fetch', { url, start_index: start, max_length: 300 });
      const { content, nextIndex, version, truncated } = answer.structuredContent ?? {};
      parts.push(String(content));
      expect(truncated).toBe(nextIndex !== undefined);
      if (nextIndex !== undefined) {
        expect(content).toMatch(/\n\n$| $/);
        expect(textOf(answer)).toMatch(
          new RegExp(
            `</untrusted-\\*>\n\n<error>Content truncated\\. Call the fetch tool with a start_index of ${nextIndex} to get more content\\.</error>\n.*${version}.*$`,
          ),
        );
      }
      start = nextIndex;
    }
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.join('')).toBe(whole);
  });

  test('past the end: the official sentence', async () => {
    site.replies = { '/page': article };
    const answer = await client.callTool('fetch', { url, start_index: 99_999 });
    expect(textOf(answer)).toBe(`Contents of ${url}:\n<error>No more content available.</error>`);
    expect(answer.structuredContent).toMatchObject({ content: '', truncated: false });
  });

  test('HF-078: a page that has changed between parts is said to have', async () => {
    site.replies = { '/page': article };
    const first = await client.callTool('fetch', { url, max_length: 200 });
    const { nextIndex, version } = first.structuredContent ?? {};
    const next = { url, max_length: 200, start_index: nextIndex, version };
    expect((await client.callTool('fetch', next)).structuredContent).not.toHaveProperty('changed');
    site.replies = { '/page': article.replace('boils', 'heats') };
    const second = await client.callTool('fetch', next);
    expect(second.structuredContent).toMatchObject({ changed: true });
    expect(textOf(second)).toContain('[The page has changed since that version: start again at 0.]');
  });

  test('the outline, then one section of it', async () => {
    site.replies = { '/page': article };
    const { content: outline, version } = (await client.callTool('fetch', { url, format: 'outline' })).structuredContent ?? {};
    expect(String(outline).replaceAll(/\d{2,}/g, 'N')).toBe(
      '# Kettles (#kettles, N)\n## How to use it (#use, N)\n### With tea (#with-tea, N)\n## Care (#care, N)',
    );
    for (const [section, begins, ends] of [
      ['#use', '## How to use it\n\nFill', 'Warm the pot.'],
      ['With tea', '### With tea\n\nWarm', 'Warm the pot.'],
      ['care', '## Care\n\nSee [how to descale](http://site.example/descale)', 'Rinse it.'],
    ] as const) {
      const content = String((await client.callTool('fetch', { url, section })).structuredContent?.['content']);
      expect([content.slice(0, begins.length), content.slice(-ends.length)]).toEqual([begins, ends]);
    }
    expect((await client.callTool('fetch', { url, section: '#use', version })).structuredContent).not.toHaveProperty('changed');
    const text = await client.callTool('fetch', { url, section: '#use', format: 'text' });
    expect(text.structuredContent?.['content']).toMatch(/^How to use it\n\nFill[\s\S]*Warm the pot\.$/);
    const below = await client.callTool('fetch', { url, section: '#use', format: 'outline' });
    expect(below.structuredContent?.['content']).toMatch(/^## How to use it \(#use, \d+\)\n### With tea \(#with-tea, \d+\)$/);
  });

  test('a section that is not there, and a format without any', async () => {
    site.replies = { '/page': article };
    expect((await client.callTool('fetch', { url, section: 'Warranty' }))._meta?.code).toBe('not_found');
    expect((await client.callTool('fetch', { url, section: 'use', format: 'html' }))._meta?.code).toBe('invalid_input');
  });

  test.each([
    [{ format: 'text' }, /^Kettles\n\nA kettle/],
    [{ format: 'html' }, /^<h1>Kettles<\/h1>\n[\s\S]*<h2 id="use">How to use it<\/h2>/],
    [{ format: 'links' }, /^http:\/\/site\.example\/descale how to descale$/],
    [{ raw: true }, /^<!doctype html>[\s\S]*<nav>/],
  ])('%o', async (how, content) => {
    site.replies = { '/page': article };
    expect((await client.callTool('fetch', { url, ...how })).structuredContent).toMatchObject({ content: expect.stringMatching(content) });
  });

  test('a picture and a sound are attached', async () => {
    const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(20)]);
    const flac = Buffer.from('fLaC\0\0\0\0');
    site.replies = { '/png': [200, { 'content-type': 'image/jpeg' }, png], '/flac': [200, {}, flac] };
    const picture = await client.callTool('fetch', { url: 'http://site.example/png' });
    expect(picture.content).toEqual([
      { type: 'image', mimeType: 'image/png', data: png.toString('base64') },
      { type: 'text', text: 'Contents of http://site.example/png:\n[Attached: image/png, 28 bytes.]' },
    ]);
    const sound = await client.callTool('fetch', { url: 'http://site.example/flac' });
    expect(sound.content[0]).toEqual({ type: 'audio', mimeType: 'audio/flac', data: flac.toString('base64') });
  });

  test('the prompt fetches what a person asks for, whatever robots.txt says', async () => {
    site.replies = { '/robots.txt': [200, {}, 'User-agent: *\nDisallow: /'], '/page': article };
    // This one has not asked for robots.txt yet.
    await using client = await connect(site.server, {}, generation);
    expect((await client.callTool('fetch', { url }))._meta?.code).toBe('denied');
    expect(site.asked).toEqual([]);
    const [message] = await client.getPrompt('fetch', { url });
    expect(message).toMatchObject({
      role: 'user',
      content: { type: 'text', text: expect.stringMatching(/^Contents of [\s\S]*Rinse it\./) },
    });
    expect(site.asked.map(({ headers }) => headers['user-agent'])).toEqual([expect.stringContaining('(User-Specified;')]);
    expect(JSON.stringify(client.log.at(-1))).toContain(url);
  });
});

describe('what is not a page', () => {
  beforeAll(async () => {
    client = await connect(site.server, {});
  });
  afterAll(() => client[Symbol.asyncDispose]());

  test.each<[title: string, reply: Site['replies'][string], args: object, text: RegExp]>([
    [
      'JSON',
      [200, { 'content-type': 'application/json' }, '{"a":1}'],
      {},
      /^Content type application\/json cannot be simplified[^\n]*\nContents of [^\n]*:\n<untrusted-\*>\n{"a":1}\n/,
    ],
    ['text', [200, { 'content-type': 'text/plain' }, 'one\ntwo'], {}, /^Content type text\/plain cannot be [\s\S]*one\ntwo/],
    ['Markdown', [200, { 'content-type': 'text/markdown' }, '# One'], {}, /^Contents of [\s\S]*# One/],
    ['JSON as such', [200, { 'content-type': 'text/plain' }, '{"a":1}'], { format: 'json' }, /{"a":1}/],
    [
      'a feed',
      [
        200,
        { 'content-type': 'application/rss+xml' },
        '<rss><channel><title>News</title><item><title>One</title><link>/1</link></item></channel></rss>',
      ],
      {},
      /# News\n\n- \[One\]\(http:\/\/site\.example\/1\)/,
    ],
    [
      'a sitemap',
      [200, { 'content-type': 'text/xml' }, '<urlset><url><loc>http://site.example/1</loc></url></urlset>'],
      { format: 'links' },
      /http:\/\/site\.example\/1/,
    ],
    [
      'a PDF',
      [200, { 'content-type': 'application/pdf' }, samplePdf('Boil the water')],
      {},
      /^Contents of [\s\S]*## Page 1\n\nBoil the water/,
    ],
    ['a page of a PDF', [200, {}, samplePdf('Boil the water')], { section: 'Page 1' }, /Boil the water/],
    [
      'an error page',
      [404, { 'content-type': 'text/html' }, '<h1>Gone</h1>'],
      {},
      /^Contents of [^\n]*:\n\[Status 404 Not Found\.[\s\S]*Gone/,
    ],
    [
      'an error page for JSON',
      [500, { 'content-type': 'text/html' }, '<h1>Broken</h1>'],
      { format: 'json' },
      /Status 500 Internal Server Error[\s\S]*Broken/,
    ],
    ['nothing', [204, {}], {}, /^Contents of [^\n]*:\n\[Status 204 No Content\.\]\n<error>No more content available\.<\/error>$/],
    ['nothing new', [304, {}], {}, /\[Status 304 Not Modified\.\]/],
    [
      'a part',
      [206, { 'content-type': 'text/plain', 'content-range': 'bytes 0-2/9' }, 'one'],
      {},
      /\[Status 206 Partial Content\.\][\s\S]*one/,
    ],
    ['an empty page', '', {}, /<error>No more content available\.<\/error>$/],
    [
      'a shell for scripts',
      '<div id=root></div><script>1</script>',
      {},
      /\[The page has no text of its own: scripts make it in a browser\.\]/,
    ],
  ])('HF-077: %s', async (title, reply, args, text) => {
    const path = `/${title.replaceAll(' ', '-')}`;
    site.replies = { [path]: reply };
    const answer = await client.callTool('fetch', { url: `http://site.example${path}`, ...args });
    expect(answer.isError ? answer.content : undefined).toBeUndefined();
    expect(textOf(answer)).toMatch(text);
  });

  test('HF-077: too many requests are told with their wait', async () => {
    site.replies = { 'other.example/page': [429, { 'retry-after': '120' }, 'slow down'] };
    const answer = await client.callTool('fetch', { url: 'http://other.example/page' });
    expect(textOf(answer)).toContain('[Status 429 Too Many Requests. The host asks to wait 120 s.]');
  });

  test('a redirect is told', async () => {
    site.replies = { '/from': [301, { location: '/to' }], '/to': '<p>here</p>' };
    const answer = await client.callTool('fetch', { url: 'http://site.example/from' });
    expect(textOf(answer)).toMatch(/^Contents of http:\/\/site\.example\/from:\n\[It came from http:\/\/site\.example\/to/);
    expect(answer.structuredContent).toMatchObject({
      url: 'http://site.example/from',
      finalUrl: 'http://site.example/to',
      redirects: [{ status: 301, url: 'http://site.example/to' }],
    });
  });

  test('the outline and the section after it are one request', async () => {
    site.replies = { '/page': [200, { 'content-type': 'text/html', 'cache-control': 'max-age=60' }, article] };
    await client.callTool('fetch', { url, format: 'outline' });
    const section = await client.callTool('fetch', { url, section: '#use' });
    expect(section.structuredContent).toMatchObject({ fromCache: true });
    expect(site.asked).toHaveLength(1);
  });

  test('what a limit has cut says so', async () => {
    await using small = await connect(site.server, { maxBytes: 1_000, maxCacheBytes: 0 });
    site.replies = {
      '/page': article,
      '/png': [200, {}, Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(2_000)])],
    };
    const answer = await small.callTool('fetch', { url });
    expect(answer.structuredContent).toMatchObject({ truncated: true });
    expect(textOf(answer)).toContain('A limit has cut it after 1000 bytes.');
    expect((await small.callTool('fetch', { url: 'http://site.example/png' }))._meta?.code).toBe('too_large');
  });

  test('the length of a part is the operator’s, the call’s, and never more than an answer', async () => {
    await using small = await connect(site.server, { maxLength: 300, maxResultChars: 4_000, maxCacheBytes: 0 });
    site.replies = { '/page': `<main>${'<p>Some words of a paragraph.</p>'.repeat(500)}</main>` };
    const lengths = [];
    for (const args of [{}, { max_length: 700 }, { max_length: 999_999 }]) {
      const { structuredContent } = await small.callTool('fetch', { url, ...args });
      lengths.push(String(structuredContent?.['content']).length);
    }
    expect(lengths[0]).toBeLessThanOrEqual(300);
    expect(lengths[1]).toBeGreaterThan(300);
    expect(lengths[2]).toBeGreaterThan(700);
    expect(lengths[2]).toBeLessThan(4_000);
  });

  test('Accept is what the call says, else the format’s', async () => {
    const url = 'http://site.example/things';
    site.replies = { '/things': [200, { 'content-type': 'application/json' }, '{}'] };
    for (const args of [{}, { format: 'json' }, { accept: 'text/turtle' }]) await client.callTool('fetch', { url, ...args });
    expect(site.asked.map(({ headers }) => headers.accept?.split(/[,;]/)[0])).toEqual(['text/html', 'application/json', 'text/turtle']);
    expect((await client.callTool('fetch', { url, accept: 'a\r\nX: y' }))._meta?.code).toBe('invalid_input');
  });

  test.each([
    ['words', 'word '],
    ['Chinese', '漢字'],
    ['emoji', '😀 '],
    ['quotes', '"\\ '],
    ['lines', 'a\n'],
  ])('an answer as long as may be, of %s, is one', async (title, unit) => {
    const url = `http://site.example/${title}`;
    site.replies = { [`/${title}`]: [200, { 'content-type': 'text/plain' }, unit.repeat(100_000)] };
    const answer = await client.callTool('fetch', { url, max_length: 999_999 });
    expect(answer.isError ? answer.content : undefined).toBeUndefined();
    expect(String(answer.structuredContent?.['content']).length).toBeGreaterThan(37_000);
    const [message] = await client.getPrompt('fetch', { url });
    expect(JSON.stringify(message).length).toBeGreaterThan(37_000);
  });

  test('a picture is no prompt', async () => {
    site.replies = { '/gif': [200, {}, Buffer.from('GIF89a\0\0\0')] };
    await expect(client.getPrompt('fetch', { url: 'http://site.example/gif' })).rejects.toThrow('no text: image/gif');
  });
});
