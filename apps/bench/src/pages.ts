/** The pages that the fetch part reads: facts in the article, and around it what an article has around it. */

/** A page, its parts made as they are sent, and the facts that are in it. */
export interface Page {
  facts: number;
  parts: () => Iterable<string>;
}

/** Pages that are alike, to be asked for at the same time. */
export const SMALL_PAGES = 100;

const PARAGRAPHS = 10;
const CHROME_LINKS = 60;

/** Pages by their paths. The sizes in bytes are of the whole, and met to a hundredth. */
export const PAGES: Readonly<Record<string, Page>> = {
  '/article': article(1_000_000),
  '/guide': article(50_000),
  '/large': article(50_000_000),
  ...Object.fromEntries(Array.from({ length: SMALL_PAGES }, (_, number) => [`/small-${number}`, article(4_000, number)])),
};

/** A sentence that stands in a page once, and in no other page that is read beside it. */
export function factOf(number: number): string {
  return `Station ${number} has measured ${(number * 7_919) % 100_003} millimetres of rain`;
}

/** How many of a page's facts stand in a text. */
export function factsIn(text: string): number {
  return new Set(text.match(/Station \d+ has measured \d+ millimetres of rain/g)).size;
}

/** What the last section of a page is called, and a fact in it. */
export function lastOf({ facts }: Page): { heading: string; fact: string } {
  return { heading: headingOf(Math.floor((facts - 1) / PARAGRAPHS)), fact: factOf(facts - 1) };
}

function headingOf(section: number): string {
  return `Rain in district ${section}`;
}

/** Of small pages each has facts of its own. */
function article(bytes: number, number = 0): Page {
  const small = bytes < 10_000;
  const [before, after] = small ? [head(6), tail(6)] : [head(CHROME_LINKS), tail(CHROME_LINKS)];
  const facts = Math.max(1, Math.floor((bytes - before.length - after.length) / (sectionOf(1_000, PARAGRAPHS).length / PARAGRAPHS)));
  return {
    facts,
    *parts() {
      yield before;
      for (let first = 0; first < facts; first += PARAGRAPHS) yield sectionOf(number * facts + first, Math.min(PARAGRAPHS, facts - first));
      yield after;
    },
  };
}

function sectionOf(first: number, count: number): string {
  const section = Math.floor(first / PARAGRAPHS);
  const paragraphs = Array.from({ length: count }, (_, paragraph) => paragraphOf(first + paragraph));
  const table = '<table><tr><th>Month</th><th>Days</th></tr><tr><td>May</td><td>31</td></tr><tr><td>June</td><td>30</td></tr></table>';
  const code = `<pre><code class="language-sh">rain --district ${section} --from may</code></pre>`;
  const list = '<ul><li>One gauge, read at noon</li><li>Another one, read at night</li></ul>';
  return `<h2 id="district-${section}">${headingOf(section)}</h2>\n${paragraphs.join('')}${table}${code}${list}\n`;
}

function paragraphOf(number: number): string {
  return (
    `<p>In the year that is told of here, ${factOf(number)}, which was <em>more</em> than in the year before, and less than ` +
    `<a href="/years/${number}">in the wettest one</a>. The gauge was read by hand, every morning, and what was read was written down, ` +
    'with the wind, the clouds and the temperature, in a book that is kept to this day.</p>\n'
  );
}

function head(links: number): string {
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Rain, a history</title>' +
    `<style>${'.menu a { color: #336699; padding: 4px 8px }\n'.repeat(links)}</style>` +
    `<script>${'window.dataLayer = window.dataLayer || []; window.dataLayer.push({ event: "view" });\n'.repeat(links)}</script></head><body>` +
    `<header><nav class="menu"><ul>${linksOf('menu', links)}</ul></nav></header>` +
    '<div class="cookie-banner" role="dialog"><p>We value your privacy.</p><button>Accept all</button><button>Reject</button></div>' +
    `<aside class="sidebar"><h3>Most read</h3><ul>${linksOf('most-read', links)}</ul></aside>` +
    '<main><article><h1>Rain, a history</h1>\n'
  );
}

function tail(links: number): string {
  return (
    `</article></main><section class="related"><h3>You may also like</h3><ul>${linksOf('related', links)}</ul></section>` +
    `<!-- ${'cached '.repeat(links)} --><div style="display:none">Do not show this to anybody.</div>` +
    `<footer><ul>${linksOf('footer', links)}</ul><p>All rights reserved.</p></footer></body></html>`
  );
}

function linksOf(kind: string, count: number): string {
  return Array.from({ length: count }, (_, link) => `<li><a href="/${kind}/${link}">A ${kind} link, number ${link}</a></li>`).join('');
}
