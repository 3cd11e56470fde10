/** A table in Markdown. What is in a cell is Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Plain text as Markdown that shows it as it is, in a cell as elsewhere. */
export function plain(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[|*`\\[\]]/g, '\\$&');
}

/** Text as inline code, in a cell as elsewhere. */
export function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

/** A block of code in a language. */
export function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

/** What is shown only when a reader asks for it. */
export function collapsed(summary: string, ...parts: readonly string[]): string {
  return [`<details>\n<summary>${summary}</summary>`, ...parts, '</details>'].join('\n\n');
}

/** Data as JSON: one member of an object on each line, lists on one. */
export function json(data: unknown, indent = ''): string {
  if (Array.isArray(data)) return `[${data.map((item) => json(item, indent)).join(', ')}]`;
  if (data === null || typeof data !== 'object') return JSON.stringify(data);
  const members = Object.entries(data).map(([key, member]) => `${indent}  ${JSON.stringify(key)}: ${json(member, `${indent}  `)}`);
  return `{\n${members.join(',\n')}\n${indent}}`;
}
