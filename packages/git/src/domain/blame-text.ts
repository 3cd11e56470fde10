import type { Blame } from './blame.ts';

/** Groups of lines, each behind a line that says whose they are. What a commit was about is said the first time only. */
export function blameText({ groups, nextCursor }: Blame): string {
  const told = new Set<string>();
  const lines = groups.flatMap(({ commit, line, lines: texts }) => {
    const summary = told.has(commit.id) ? '' : `: ${commit.summary}`;
    told.add(commit.id);
    return [
      `${commit.id.slice(0, 10)} ${commit.date} ${commit.author}${summary}`,
      ...texts.map((text, index) => `  ${line + index}: ${text}`),
    ];
  });
  if (lines.length === 0) return 'No lines';
  return [...lines, ...(nextCursor === undefined ? [] : [`[More lines. Call again with cursor ${nextCursor}]`])].join('\n');
}
