/**
 * Shapes of secrets that must not reach a log. Each begins at a rare literal and has bounded parts, so that a hostile line costs
 * linear time, and none crosses a quote, so that a JSON line stays JSON.
 */
const SECRETS: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^"]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|(?="))/g, '[redacted private key]'],
  [/:\/\/[^\s/@"\\]{1,512}@/g, '://[redacted]@'],
  [/\b(Bearer|Basic) +[\w.~+/=-]{4,4096}/gi, '$1 [redacted]'],
  [/\beyJ[\w-]{5,4096}\.[\w-]{5,4096}\.[\w-]{0,4096}/g, '[redacted token]'],
  [/\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-|npm_|AKIA|ASIA|AIza)[\w-]{8,255}/g, '[redacted token]'],
  [
    /\b(password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key)(\\?["']?\s{0,3}[=:]\s{0,3}\\?["']?)(?!\[redacted)[^\s"'\\,;&}]{1,4096}/gi,
    '$1$2[redacted]',
  ],
];

/** A function that removes `secrets`, and whatever looks like one, from a line of log. */
export function redactor(secrets: readonly string[]): (line: string) => string {
  // As they stand inside a JSON string.
  const known = secrets.filter((secret) => secret !== '').map((secret) => JSON.stringify(secret).slice(1, -1));
  return (line) => {
    let clean = line;
    for (const secret of known) clean = clean.replaceAll(secret, '[redacted]');
    for (const [pattern, replacement] of SECRETS) clean = clean.replace(pattern, replacement);
    return clean;
  };
}
