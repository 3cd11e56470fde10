import type { Attributes } from './html-scan.ts';

/** Elements that show nothing, or nothing that is text. */
const SHOWS_NOTHING = new Set(
  (
    'script style template noscript svg canvas object embed applet audio video iframe noembed select datalist textarea title ' +
    'optgroup option progress meter marquee map amp-ad amp-analytics amp-embed amp-auto-ads'
  ).split(' '),
);

/** Styles that hide what they are for: it is not there, has no size, or stands off the page. */
const HIDING: readonly RegExp[] = [
  /(?:^|;)display:none/,
  /(?:^|;)visibility:(?:hidden|collapse)/,
  /(?:^|;)content-visibility:hidden/,
  /(?:^|;)font:(?:[a-z]+)?0(?:p[xt]|r?em|%)?\//,
  /(?:^|;)-webkit-text-fill-color:transparent/,
  /(?:^|;)font-size:(?:0+(?:\.0*)?(?:[a-z%;!]|$)|0?\.0\d*[a-z%]|[01](?:\.\d+)?p[xt])/,
  /(?:^|;)(?:left|right|top|bottom|inset|translate|text-indent|margin|margin-left|margin-top):-(?:[5-9]\d{2}px|\d{4,}px|\d{2,}r?em|\d{3,}[%pv])/,
  /(?:^|;)(?:left|top):(?:[5-9]\d{3}|\d{5,})px/,
  /(?:^|;)clip:rect\((?:0|1px)/,
  /(?:^|;)clip-path:(?:inset\((?:50|100)%|circle\(0)/,
  /(?:^|;)(?:-webkit-)?mask(?:-image)?:linear-gradient\((?:(?:transparent|#0000|#00000000)[,)]){2}/,
];
/** The same, but in a style sheet it is where an effect begins, and scripts show it. */
const FADED: readonly RegExp[] = [
  /(?:^|;)opacity:(?:0?\.0\d*|0|\d*\.?\d*e-\d+|calc\(0\))(?:%|;|$|!)/,
  /(?:^|;)(?:scale|zoom):0(?:\.0+)?(?:%|;|$|!)/,
  /(?:^|;)filter:opacity\(0(?:\.0*)?%?\)/,
  /(?:^|;)transform:(?:scale[xyz3d]{0,2}\(0(?:\.0+)?[,)]|translate[xyz3d]{0,2}\(-\d{3,})/,
];
const OVERFLOW = /(?:^|;)overflow(?:-[xy])?:(?:hidden|clip)/;
const NO_SIZE = /(?:^|;)(?:max-)?(?:width|height):[01](?:px|;|$)/;

/** Names that style sheets everywhere give to what only screen readers get. */
const HIDING_CLASS =
  /(?:^|\s)(?:sr-only|visually-?hidden|screen-reader-text|hidden-visually|u-hidden|is-hidden|element-invisible)(?:\s|$)/i;

const WHITE: Colour = [255, 255, 255];

/** Red, green and blue from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A colour, or something behind the text that is none. */
export type Background = Colour | 'unknown';

/** Whether an element shows nothing by its nature. */
export function showsNothing(name: string, attributes: Attributes): boolean {
  return SHOWS_NOTHING.has(name) || (name === 'dialog' && !attributes.has('open'));
}

/**
 * Whether a person who looks at the page would not see an element, as far as its own tag tells. Text in the colour of what is behind it
 * counts: the nearest background that a tag sets, else white. What style sheets hide is in `hidden-rules.ts`.
 */
export function isHidden(attributes: Attributes, behind: Background | undefined): boolean {
  if (attributes.size === 0) return false;
  if (attributes.has('hidden') || attributes.has('popover') || attributes.get('aria-hidden')?.toLowerCase() === 'true') return true;
  if (HIDING_CLASS.test(attributes.get('class') ?? '')) return true;
  const style = styleOf(attributes);
  if (style !== '' && isHiding(style)) return true;
  return isUnreadable(foregroundOf(style, attributes), backgroundOf(attributes) ?? behind ?? WHITE);
}

function isHiding(style: string): boolean {
  return [...HIDING, ...FADED].some((hiding) => hiding.test(style)) || (OVERFLOW.test(style) && NO_SIZE.test(style));
}

/** Whether the declarations of a rule, as `plainStyle` writes them, hide what it is for and are not likely to be undone by a script. */
export function isHiddenByRule(style: string): boolean {
  return HIDING.some((hiding) => hiding.test(style));
}

/** The background that an element's own tag gives it: `unknown` for pictures and for colours that are not told apart here. */
export function backgroundOf(attributes: Attributes): Background | undefined {
  if (attributes.size === 0) return undefined;
  const set = /(?:^|;)background(?:-color|-image)?:([^;]*)/.exec(styleOf(attributes))?.[1] ?? attributes.get('bgcolor') ?? '';
  return colourOf(set) ?? (/^(?:$|none|transparent|inherit|initial|unset|0(?:$|[,0]))/i.test(set) ? undefined : 'unknown');
}

function foregroundOf(style: string, attributes: Attributes): Colour | 'transparent' | undefined {
  const set = /(?:^|;)color:([^;!]*)/.exec(style)?.[1] ?? attributes.get('color')?.toLowerCase();
  if (set === undefined) return undefined;
  return set === 'transparent' ||
    /^(?:rgb|hsl)a?\([^)]*[,/]0?(?:\.0+|0)%?\)$/.test(set) ||
    /^#(?:...0|.{6}00)$/.test(set) ||
    isMixedAway(set)
    ? 'transparent'
    : colourOf(set);
}

function styleOf(attributes: Attributes): string {
  const style = attributes.get('style');
  return style === undefined ? '' : plainStyle(style);
}

/** Declarations as they can be compared: white space, comments and case say nothing, and escapes could spell any word (`d\69splay`). */
export function plainStyle(style: string): string {
  const bare = style
    .split('/*')
    .map((part, index) => (index === 0 ? part : part.slice(`${part}*/`.indexOf('*/') + 2)))
    .join('');
  // In a string or an address it is no comment, so that what it seems to hide counts as well.
  return bare === style ? unescaped(style) : `${unescaped(bare)};${unescaped(style)}`;
}

function unescaped(style: string): string {
  return (
    style
      .replace(/\\([0-9a-f]{1,6})\s?/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
      .replace(/\\([^0-9a-f])/gi, '$1')
      // `rgb(255 255 255)`
      .replace(/(\d%?)\s+(?=[\d.])/g, '$1,')
      .replace(/\s+/g, '')
      .toLowerCase()
  );
}

function colourOf(text: string): Colour | undefined {
  const [, hex] = /#([0-9a-f]{3,8})\b/i.exec(text) ?? [];
  if (hex !== undefined) return hexColour(hex);
  const [, red, green, blue] = /rgba?\((\d{1,3}),(\d{1,3}),(\d{1,3})/.exec(text) ?? [];
  if (red !== undefined) return [Number(red), Number(green), Number(blue)];
  if (/^\s*(?:white(?:smoke)?|snow|ghostwhite|mintcream|hsla?\([^)]*,(?:100|9[6-9])(?:\.\d+)?%)(?!\w)/i.test(text)) return WHITE;
  return /^\s*(?:black\b|hsla?\([^)]*,[0-4](?:\.\d+)?%)/i.test(text) ? [0, 0, 0] : undefined;
}

function hexColour(hex: string): Colour {
  const wide = hex.length < 6 ? hex.replace(/./g, '$&$&') : hex;
  return [0, 2, 4].map((at) => Number.parseInt(wide.slice(at, at + 2), 16)) as unknown as Colour;
}

/** Whether a colour is, to the eye, that of the background. */
function isUnreadable(colour: Colour | 'transparent' | undefined, behind: Background): boolean {
  if (colour === undefined) return false;
  if (colour === 'transparent') return true;
  return behind !== 'unknown' && colour.every((part, index) => Math.abs(part - (behind[index] ?? 0)) <= 12);
}

/** `color-mix(in srgb, red 0%, transparent)` */
function isMixedAway(colour: string): boolean {
  return /^color-mix\(.*(?:transparent(?:9[5-9]|100)|[^\d.][0-4](?:\.\d+)?%,transparent|transparent,[^,]*[^\d.,][0-4](?:\.\d+)?%\))/.test(
    colour,
  );
}
