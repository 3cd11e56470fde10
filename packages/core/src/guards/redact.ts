/** Where a word begins: also after a line end and the like, which a JSON string spells with a letter. */
const START = String.raw`(?:\b|(?<=\\[bfnrt]))`;

/** Names of what is secret, by themselves or at the end of a longer name. */
const NAME = '(?:pass(?:word|wd|phrase)?|pwd|secret|token|authorization|(?:api|access|secret|private)[_-]?key(?:_base)?)';

/** How tokens begin that say whose they are. */
const PREFIX = String.raw`(?:gh[pousr]_|github_pat_|gl(?:pat|rt|dt|ptt)-|xox[abprs]-|xapp-|[sr]k[-_]|npm_|pypi-|hf_|do[opr]_v1_|SG\.|A[KS]IA|AIza)`;

/** A quote inside a JSON string, itself perhaps inside another: an odd number of backslashes, else it is the end of the string. */
const QUOTE = String.raw`(?:(?:\\\\){0,3}\\"|')`;

/**
 * Shapes of secrets that must not reach a log. Each begins at a rare literal and has bounded parts, so that a hostile line costs
 * linear time, and none crosses a quote or cuts an escape, so that a JSON line stays JSON.
 */
const SECRETS: readonly [RegExp, string][] = [
  [
    /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:[^"\\]|\\[^"])*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|(?=\\?")|$)/g,
    '[redacted private key]',
  ],
  [/:\/\/[^\s/?#"\\]{1,512}@/g, '://[redacted]@'],
  // A password may have what a URL forbids it to have.
  [/:\/\/[^\s/?#"\\@:]{1,128}:[^\s"\\@]{1,512}@/g, '://[redacted]@'],
  [new RegExp(String.raw`${START}(Bearer|Basic) +[\w.~+/=-]{4,4096}`, 'gi'), '$1 [redacted]'],
  [new RegExp(String.raw`${START}eyJ[\w-]{5,4096}\.[\w-]{5,4096}\.[\w-]{0,4096}`, 'g'), '[redacted token]'],
  [new RegExp(String.raw`${START}${PREFIX}[\w.-]{8,255}`, 'g'), '[redacted token]'],
  // A member of the line itself.
  [new RegExp(String.raw`(${NAME}"\s{0,3}:\s{0,3}")(?:[^"\\]|\\.)+`, 'gi'), '$1[redacted]'],
  // In running text, or in JSON inside a string.
  [
    new RegExp(
      String.raw`(${NAME}${QUOTE}?\s{0,3}[=:]\s{0,3}${QUOTE}?)(?!\[redacted|(?:bearer|basic) \[redacted)(?:(?<=\\")[^"\\]{1,4096}|[^\s"'\\,;&}]{1,4096})`,
      'gi',
    ),
    '$1[redacted]',
  ],
];

/** What every shape above has in it. Nearly no line does, and one look costs less than seven. */
const SUSPICIOUS = new RegExp(String.raw`:\/\/|-----BEGIN|bearer|basic|eyJ|${PREFIX}|pass|pwd|secret|token|authorization|key`, 'i');

/** A string in a line of JSON, as it is written; one that never ends, too, lest its every quote be tried as a beginning. */
const STRING = /"(?:[^"\\]|\\.)*"?/g;

/** A function that removes `secrets`, and whatever looks like one, from a line of log. */
export function redactor(secrets: readonly string[]): (line: string) => string {
  const removeKnown = remover(secrets.filter((secret) => secret !== ''));
  return (line) => {
    const clean = removeKnown(line);
    return SUSPICIOUS.test(clean) ? SECRETS.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), clean) : clean;
  };
}

/** Removes strings that are known, from the strings of a JSON line. An escape is passed over as a whole, never cut in two. */
function remover(known: readonly string[]): (line: string) => string {
  if (known.length === 0) return (line) => line;
  const written = known.map((secret) =>
    JSON.stringify(secret)
      .slice(1, -1)
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  // The longest first: one secret may begin with another.
  const longestFirst = written.toSorted((a, b) => b.length - a.length);
  const unit = new RegExp(String.raw`(${longestFirst.join('|')})|\\(?:u[\da-f]{4}|.)`, 'g');
  return (line) =>
    line.replace(STRING, (text) => text.replace(unit, (whole, secret: string | undefined) => (secret ? '[redacted]' : whole)));
}
