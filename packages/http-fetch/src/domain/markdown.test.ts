import { describe, expect, test } from 'vitest';
import { readHtml } from './html.ts';

function markdown(body: string): string {
  return readHtml(`<main>${body}</main>`, 'https://a.example/dir/page', 'markdown').content;
}

describe('Markdown', () => {
  test.each([
    ['nested lists', '<ul><li>a<ol start=3><li>b<li><p>c</p><p>d</p></ol><li>e</ul>', '- a\n  3. b\n  4. c\n\n     d\n- e'],
    ['emphasis with spaces', '<p>a<b> b </b>c <i></i><em>d</em></p>', 'a **b** c *d*'],
    ['emphasis in itself', '<p><b>a <strong>b</strong></b></p>', '**a b**'],
    ['line breaks', '<p>a<br>b <br/> c</p>', 'a\nb\nc'],
    ['code with backticks', '<p><code>a`b</code></p>', '`` a`b ``'],
    ['fences in code', '<pre>```\nx\n```</pre>', '````\n```\nx\n```\n````'],
    ['language on <pre>', '<pre class="language-c++"><code>x</code></pre>', '```c++\nx\n```'],
    ['language beside it', '<pre data-language="Rust">x</pre>', '```rust\nx\n```'],
    ['numbers of lines', '<pre><span class="lineno">1</span>a\n<span class="lineno">2</span>b</pre>', '```\na\nb\n```'],
    [
      'a code table',
      '<table><tr><td class="gutter"><pre>1\n2</pre></td><td class="code"><pre class="lang-go">a\nb</pre></td></tr></table>',
      '```\n1\n2\n```\n\n```go\na\nb\n```',
    ],
    [
      'relative links',
      '<p><a href="../x?q=1#y">x</a> <a href="//b.example/">y</a> <a href="#z">z</a></p>',
      '[x](https://a.example/x?q=1#y) [y](https://b.example/) [z](#z)',
    ],
    ['links that lead nowhere', '<p><a href="javascript:x">a</a> <a href="data:,x">b</a> <a>c</a> <a href="/x"></a></p>', 'a b c'],
    ['brackets in addresses', '<p><a href="/a(b)|c d">x</a></p>', '[x](https://a.example/a%28b%29%7Cc%20d)'],
    ['a link around blocks', '<a href="/x"><div><h3>Head</h3><p>Text</p></div></a>', '### [Head](https://a.example/x)\n\nText'],
    ['pictures are links', '<p><img src="/i.png" alt="A [b]"></p>', '[Image: A [b]](https://a.example/i.png)'],
    ['pictures without words', '<p>x<img src="/i.png"><img src="data:image/png;base64,xx" alt="Oven"></p>', 'x[Image: Oven]'],
    ['quotations', '<blockquote>a<blockquote>b</blockquote></blockquote>', '> a\n>\n> > b'],
    ['definitions', '<dl><dt>a<dd>b<dd>c<dt>d<dd><p>e<p>f</dl>', '- **a**\n  - b\n  - c\n- **d**\n  - e\n\n    f'],
    ['details', '<details><summary>More</summary>Text</details>', '**More**\n\nText'],
    [
      'cells with lines, bars and lists',
      '<table><tr><th>a<th>b<tr><td>1<br>2|3<td><ul><li>x<li>y</ul></table>',
      '| a | b |\n| --- | --- |\n| 1 2\\|3 | • x • y |',
    ],
    ['a table without a head', '<table><tr><td>1<td>2<tr><td>3<td>4</table>', '|  |  |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |'],
    [
      'a table in a table',
      '<table><tr><td><table><tr><th>a<th>b<tr><td>1<td>2</table><td>side</table>',
      '| a | b |\n| --- | --- |\n| 1 | 2 |\n\nside',
    ],
    ['a table for the layout', '<table role=presentation><tr><td><p>a<td><p>b</table>', 'a\n\nb'],
    [
      'ragged rows',
      '<table><tr><th>a<th>b<tr><td>1<tr><td>1<td>2<td>3</table>',
      '| a | b |  |\n| --- | --- | --- |\n| 1 |  |  |\n| 1 | 2 | 3 |',
    ],
    [
      'text that looks like Markdown',
      '<p># a</p><p>- b</p><p>1. c</p><p>&gt; d</p><p>*e* _f_ `g` [h](i) ~~j~~ snake_case 2 * 3</p>',
      '\\# a\n\n\\- b\n\n1\\. c\n\n\\> d\n\n\\*e\\* \\_f\\_ \\`g\\` [h\\](i) \\~~j\\~~ snake_case 2 * 3',
    ],
    [
      'text before a link',
      '<p>see![x]<a href="/y">y</a>!<a href="/z">z</a></p>',
      'see![x][y](https://a.example/y)\\![z](https://a.example/z)',
    ],
    ['a link put together', '<p>[x]<b></b>(https://evil.example)</p>', '[x]\\(https://evil.example)'],
    ['a definition put together', '<p>[x]: https://evil.example</p>', '[x\\]: https://evil.example'],
    ['HTML in text', '<p>&lt;script&gt; a &lt; b &lt;/p&gt;</p>', '\\<script> a < b \\</p>'],
    ['old TeX', '<p>x<sup>2</sup> y<sub>ij</sub> 1<sup>st</sup></p>', 'x² y_ij 1st'],
  ])('%s', (_, html, expected) => {
    const padded =
      '<p>Enough words for the main part of a page to count as one, so that nothing else is tried, and as many again to be quite sure of it.</p>';
    expect(markdown(`${padded}${html}`).replace(/^Enough.*\n+/, '')).toBe(expected);
  });

  test('wide tables become a line for each row', () => {
    const cells = (name: string) => Array.from({ length: 40 }, (_, column) => `<${name}>${name}${column}</${name}>`).join('');
    const content = markdown(`<table><tr>${cells('th')}</tr><tr>${cells('td')}</tr></table>`);
    expect(content).toMatch(/^- th0: td0; th1: td1; /);
  });
});
