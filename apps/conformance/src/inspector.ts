import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import type { Check } from './check.ts';
import { ending, lastLines, type Outcome, type Place, run, scriptOf } from './command.ts';
import { SUBJECT } from './subject.ts';

const INSPECTOR = scriptOf(import.meta.resolve('@modelcontextprotocol/inspector/package.json'), 'mcp-inspector');

const ERAS = { legacy: '2025-11-25', modern: '2026-07-28' };

/** The inspector's exit code for a tool that answers with an error. */
const TOOL_ERROR = 5;

/** A file that the server may read. */
export interface KnownFile {
  folder: string;
  name: string;
  text: string;
}

/** What one run of the inspector is asked, and what must come back. */
interface Question {
  name: string;
  args: string[];
  code: number;
  /** Looks at the JSON answer and at the whole outcome; throws when it is not as it should be. */
  look: (answer: Answer, outcome: Outcome) => string;
}

// biome-ignore lint/suspicious/noExplicitAny: an answer from outside; every field that is read is compared with a value
type Answer = any;

/** The inspector's command line against the server, over stdio and HTTP, as a client of either era. */
export function inspectorChecks(url: string, file: KnownFile, place: Place): Check[] {
  const targets = { stdio: [process.execPath, SUBJECT, file.folder], http: [url, '--transport', 'http'] };
  return Object.entries(targets).flatMap(([transport, target]) =>
    Object.entries(ERAS).flatMap(([era, revision]) =>
      questions(revision, file).map((question) => ({
        judge: `inspector ${transport} ${era}`,
        name: question.name,
        run: () => ask(question, [...target, '--protocol-era', era], place),
      })),
    ),
  );
}

function questions(revision: string, { name, text }: KnownFile): Question[] {
  const read = (path: string) => ['--method', 'tools/call', '--tool-name', 'read_text_file', '--tool-args-json', JSON.stringify({ path })];
  return [
    {
      name: 'initialize',
      args: ['--method', 'initialize'],
      code: 0,
      look: ({ result }) => {
        strictEqual(result.protocolVersion, revision);
        return result.protocolVersion;
      },
    },
    {
      name: 'tools/list --strict',
      args: ['--method', 'tools/list', '--strict'],
      code: 0,
      look: ({ result }, { stderr }) => {
        ok(result.tools.some((tool: Answer) => tool.name === 'read_text_file' && tool.outputSchema.type === 'object'));
        // Portability of the schemas among clients: errors change the exit code, warnings only say so.
        const warnings = stderr.match(/^Warning: /gm)?.length ?? 0;
        strictEqual(warnings, 0, stderr);
        return `${result.tools.length} tools, portable`;
      },
    },
    {
      name: 'tools/call',
      args: read(name),
      code: 0,
      look: ({ result }) => {
        strictEqual(result.structuredContent.content, text);
        deepStrictEqual(result.content, [{ type: 'text', text }]);
        return 'the file, structured and as text';
      },
    },
    {
      name: 'tools/call, refused',
      args: read('../outside.txt'),
      code: TOOL_ERROR,
      look: ({ result }) => {
        strictEqual(result.isError, true);
        strictEqual(result._meta.code, 'denied');
        return `exit ${TOOL_ERROR}, denied`;
      },
    },
  ];
}

async function ask({ args, code, look }: Question, target: string[], place: Place): Promise<string> {
  const outcome = await run(INSPECTOR, ['--cli', ...target, ...args, '--format', 'json', '-q'], place);
  if (outcome.code !== code) throw new Error(`${ending(outcome)} instead of ${code}\n${lastLines(outcome)}`);
  return look(JSON.parse(outcome.stdout), outcome);
}
