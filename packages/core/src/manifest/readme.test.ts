import { expect, test } from 'vitest';
import { database, files, web } from '../../test/fixture/listing.ts';
import { llmsText, serversBlock, settingsBlock, toolsBlock } from './readme.ts';

test('tools: what each does, takes and needs, shown as it is written', () => {
  expect(toolsBlock(files).split('\n')).toEqual([
    '| tool | what it does | arguments | needs |',
    '| --- | --- | --- | --- |',
    '| `read` | Reads \\`a\\` \\| &lt;b>. | `path`, `head?` |  |',
    '| `write` | Writes. |  | `--write` `--toolsets more` |',
  ]);
});

test.each([
  ['an argument', '| `DIRECTORIES...` | `TOUCHSTONE_FILES_DIRECTORIES` | required | Where. |'],
  ['a flag', '| `--write` | `TOUCHSTONE_FILES_WRITE` | `false` | Allow a \\| b &lt;c>. |'],
  ['a list with choices', '| `--toolsets` | `TOUCHSTONE_FILES_TOOLSETS` |  | More tools. Any of `more`. |'],
  ['a secret', '| `apiKey` | `TOUCHSTONE_FILES_API_KEY`<br>`TOUCHSTONE_FILES_API_KEY_FILE` |  | **Secret.** Key. |'],
  ['a list with a default', '| `--names` | `TOUCHSTONE_FILES_NAMES` | `a`, `b` | Names. |'],
  ['an object', '| `limits` | (`--config` file only) |  | Limits. |'],
  ['a number', '| `--max-rows` | `TOUCHSTONE_FILES_MAX_ROWS` | `10` | Rows. |'],
])('settings: %s', (_what, row) => {
  expect(settingsBlock(files).split('\n')).toContain(row);
});

test('settings: a variable that people have already is named, and a secret argument is one', () => {
  const variables = '`TOUCHSTONE_DATABASE_URL`<br>`TOUCHSTONE_DATABASE_URL_FILE`<br>`DATABASE_URL`';
  expect(settingsBlock(database)).toContain(`| \`URL\` | ${variables} |  | **Secret.** Database. |`);
});

test('settings: every one has its row, those of all servers in a table that is collapsed', () => {
  const [own = '', common = ''] = settingsBlock(files).split('<details>');
  const rows = (text: string) => text.split('\n').filter((line) => line.startsWith('| `')).length;
  expect([rows(own), rows(common)]).toEqual([files.own.length, files.common.length]);
  expect(common).toContain('One of `required`, `preferred`, `off`.');
});

test('servers: how many tools there are, and with what', () => {
  expect(serversBlock([files, database, web]).split('\n').slice(2)).toEqual([
    '| [`@touchstone-mcp/files`](packages/files) | About files. | 1, or 2 with `--write` `--toolsets` |',
    '| [`@touchstone-mcp/database`](packages/database) | About database. | 1 |',
    '| [`@touchstone-mcp/web`](packages/web) | About web. | 0 |',
  ]);
});

test('llms.txt: a title, a summary, and lists of links below headings', () => {
  const text = llmsText([files], [{ title: 'Security', url: 'https://example.com/s', about: 'what is promised' }]);
  expect(text).toMatch(
    /^# Touchstone\n\n> .+\n\n.+\n\n## Servers\n\n(- \[.+\]\(https:.+\): .+\n)+\n## Documents\n\n(- \[.+\]\(https:.+\): .+\n)+$/,
  );
  expect(text).toContain('About files. Start: `npx -y @touchstone-mcp/files /a/directory`. Tools: read, write (--write --toolsets more).');
  expect(text).toContain('- [Security](https://example.com/s): what is promised\n');
});
