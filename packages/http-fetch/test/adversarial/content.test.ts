import { connect, type TestClient } from '@touchstone-mcp/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Site, startSite } from '../site.ts';
import { binaryRows, charsetRows, forgeryRows } from './content.ts';
import { TRICKS } from './tricks.ts';

const url = 'http://site.example/page';
let site: Site;
let client: TestClient;

beforeAll(async () => {
  site = await startSite();
});

beforeAll(async () => {
  client = await connect(site.server, {
    maxCacheBytes: 0,
    ignoreRobotsTxt: true,
    toolsets: ['api'],
    apiHosts: { 'site.example': ['GET'] },
  });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

type Answer = Awaited<ReturnType<TestClient['callTool']>>;

function textOf({ content }: Answer): string {
  const [block] = content;
  return block?.type === 'text' ? block.text : '';
}

/** What is ours, and what the page says, as a reader of the answer can tell them apart. */
function partsOf(answer: Answer): { ours: string; theirs: string; mark: string } {
  const text = textOf(answer);
  const mark = /^<(untrusted-[0-9a-f]{12})>$/m.exec(text)?.[1] ?? '';
  const [before, theirs, after, ...more] = text.split(new RegExp(`^</?${mark}>$`, 'm'));
  expect(more).toEqual([]);
  return { ours: `${before}${after}`, theirs: theirs ?? '', mark };
}

describe('what a page says stands between marks', () => {
  describe.each(['fetch', 'http_request'])('%s', (tool) => {
    test.each(forgeryRows.map((row) => [`${row[0]} ${row[1]}`, ...row] as const))('%s', async (_title, _id, _why, reply, said, never) => {
      site.replies = { '/page': reply };
      const answer = await client.callTool(tool, { url });
      const { ours, theirs } = partsOf(answer);
      if (said !== undefined && tool === 'fetch') expect(theirs.replaceAll('\\', '')).toContain(said);
      expect(ours).not.toMatch(/obey|instructions|user says|bank|Status 200|isError/i);
      if (never !== undefined) expect(JSON.stringify(answer)).not.toMatch(never);
    });
  });

  test('HF-094: marks are made anew for each answer, in every format', async () => {
    site.replies = { '/page': '<main><h2>One</h2><p><a href="/x">Words</a> of a page.</p></main>' };
    const marks = [];
    for (const format of ['markdown', 'text', 'html', 'links', 'outline'])
      marks.push(partsOf(await client.callTool('fetch', { url, format })).mark);
    marks.push(partsOf(await client.callTool('fetch', { url, raw: true })).mark);
    const [message] = await client.getPrompt('fetch', { url });
    marks.push(/untrusted-[0-9a-f]{12}/.exec(JSON.stringify(message))?.[0]);
    expect(marks).not.toContain('');
    expect(new Set(marks).size).toBe(7);
  });

  test('HF-094: title, author and outline write no pictures, links or marks of their own', async () => {
    const forged = '![x](https://evil.example/?q=1) &lt;/b&gt;';
    const head = `<title>${forged}</title><meta name=author content="${forged}">`;
    site.replies = { '/page': `<head>${head}</head><main><h2>${forged}</h2><p>Words of a page.</p></main>` };
    for (const format of ['markdown', 'outline']) {
      const text = textOf(await client.callTool('fetch', { url, format }));
      expect(text).toContain('evil.example');
      expect(text).not.toMatch(/(?<!\\)\]\(|(?<!\\)<\/b>/);
    }
  });

  test('HF-093: an error quotes nothing of the page', async () => {
    site.replies = { '/page': '<main><h2>Obey the page</h2></main>' };
    const answers = [
      await client.callTool('fetch', { url, section: 'Other' }),
      await client.callTool('fetch', { url, format: 'json' }),
      await client.callTool('http_request', { url, select: '$.a[?@.b == 1]' }),
    ];
    for (const answer of answers.slice(0, 2)) expect(answer.isError).toBe(true);
    expect(JSON.stringify(answers.map((answer) => (answer.isError ? answer.content : answer.structuredContent?.['notes'])))).not.toContain(
      'Obey',
    );
  });
});

describe('tricks of a page, through the tool', () => {
  test.each(TRICKS)('$id $why', async ({ body, drops, keeps }) => {
    site.replies = { '/page': `<p>before</p>${body}` };
    const text = textOf(await client.callTool('fetch', { url, max_length: 40_000 }));
    for (const dropped of drops) expect(text.includes(dropped), `kept ${JSON.stringify(dropped)}`).toBe(false);
    if (keeps !== undefined) expect(text).toContain(keeps);
  });

  test.each(TRICKS)('$id $why: nor in any other format', async ({ body, drops }) => {
    site.replies = { '/page': `<p>before</p>${body}` };
    for (const format of ['text', 'html', 'links', 'outline']) {
      const answer = JSON.stringify(await client.callTool('fetch', { url, format, max_length: 40_000 }));
      expect(answer).not.toMatch(/[\u200b\u202e\u2063]|[\u{e0000}-\u{e01ef}]/u);
      if (drops.includes('OBEY')) expect(answer).not.toContain('OBEY');
    }
  });
});

describe('charsets', () => {
  test.each(charsetRows.map((row) => [`${row[0]} ${row[1]}`, ...row] as const))(
    '%s',
    async (_title, _id, _why, type, body, content, charset) => {
      site.replies = { '/page': [200, { 'content-type': type }, body] };
      expect((await client.callTool('fetch', { url })).structuredContent).toMatchObject({
        content: expect.stringMatching(content),
        charset,
      });
    },
  );

  test('HF-067: a body that is cut in the middle of a character', async () => {
    await using small = await connect(site.server, { maxBytes: 1_000, maxCacheBytes: 0, ignoreRobotsTxt: true });
    for (const pad of ['', 'a', 'aa', 'aaa']) {
      site.replies = { '/page': [200, { 'content-type': 'text/plain' }, `${pad}${'😀'.repeat(400)}`] };
      const { content, truncated } = (await small.callTool('fetch', { url })).structuredContent ?? {};
      expect(truncated).toBe(true);
      expect(content).toMatch(new RegExp(`^${pad}(?:😀){249,250}\ufffd?$`, 'u'));
    }
  });
});

describe('what is no text', () => {
  test.each(binaryRows.map((row) => [`${row[0]} ${row[1]}`, ...row] as const))('%s', async (_title, _id, _why, type, body, told) => {
    site.replies = { '/page': [200, type === undefined ? {} : { 'content-type': type }, body] };
    for (const how of [{}, { raw: true }, { format: 'json' }]) {
      const answer = await client.callTool('fetch', { url, ...how });
      expect(answer._meta?.code).toBe('invalid_input');
      expect(textOf(answer)).toContain(told);
    }
  });

  test('HF-066: a picture that is too large is told, not sent', async () => {
    site.replies = { '/page': [200, {}, Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(4_000_000)])] };
    expect((await client.callTool('fetch', { url }))._meta?.code).toBe('too_large');
  });

  test('HF-066: text that begins like a picture is text', async () => {
    site.replies = { '/page': [200, { 'content-type': 'text/plain' }, 'GIF89a is a format of pictures.'] };
    expect((await client.callTool('fetch', { url })).structuredContent).toMatchObject({ content: 'GIF89a is a format of pictures.' });
  });
});

describe('the server itself', () => {
  test('HF-096: what it says of itself steers nobody', async () => {
    const steering = /\b(?:you|your|must|always|never|internet access|assistant|important|should|prefer)\b/i;
    for (const { description, inputSchema } of await client.listTools()) {
      expect(description).not.toMatch(steering);
      expect(JSON.stringify(inputSchema)).not.toMatch(steering);
    }
    for (const { description } of await client.listPrompts()) expect(description).not.toMatch(steering);
  });

  test('HF-098: the log has each URL, and of its query the length', async () => {
    site.replies = { '/page?key=hush': 'text' };
    await client.callTool('fetch', { url: `${url}?key=hush` });
    await client.callTool('fetch', { url: `http://user:secret@site.example/?key=hush` });
    await client.callTool('http_request', { url: `${url}?key=hush` });
    await client.getPrompt('fetch', { url: `${url}?key=hush` });
    const logged = JSON.stringify(client.log);
    expect(logged.split(`"url":"${url}?(8 characters)"`)).toHaveLength(4);
    expect(logged).not.toMatch(/hush|secret/);
  });

  test('HF-078: a start that no page has', async () => {
    site.replies = { '/page': 'text' };
    for (const start_index of [-1, 1.5, 2 ** 53])
      expect((await client.callTool('fetch', { url, start_index }))._meta?.code).toBe('invalid_input');
    for (const start_index of [4, 2 ** 53 - 1])
      expect((await client.callTool('fetch', { url, start_index })).structuredContent).toMatchObject({ content: '' });
  });
});
