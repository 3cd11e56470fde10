import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Installed, startHttp, tokenVariable } from '../install.ts';
import type { Call, Show } from '../shows/show.ts';

const MANIFEST = new URL(import.meta.resolve('@modelcontextprotocol/inspector/package.json'));
const INSPECTOR = fileURLToPath(new URL(JSON.parse(readFileSync(MANIFEST, 'utf8')).bin['mcp-inspector'], MANIFEST));

const ERAS = { legacy: '2025-11-25', modern: '2026-07-28' };

/** Longest time for one question, and of that for the start, which for a database takes seconds and on a loaded machine many. */
const TIMEOUT_MS = 120_000;
const CONNECT_MS = 90_000;

/** The inspector's exit code for a tool that answers with an error. */
const TOOL_ERROR = 5;

// biome-ignore lint/suspicious/noExplicitAny: an answer from outside; every field that is read is compared with a value
type Answer = any;

/** What one run of the inspector is asked, and what must come back. */
interface Question {
  args: string[];
  code: number;
  /** Throws when the JSON answer, or what the inspector has said on stderr, is not as it should be. */
  look: (answer: Answer, stderr: string) => void;
}

/** The inspector's command line against the installed command, over stdio and over HTTP with output schemas, as a client of either era. */
export async function* inspectorProofs(show: Show, { command }: Installed, workshop: string, home: string): AsyncGenerator<string> {
  const args = show.args(workshop);
  const token = randomBytes(32).toString('base64url');
  await using server = await startHttp(command, ['--list-output-schemas', ...args], { variable: tokenVariable(show.name), value: token });
  const targets = [
    { transport: 'stdio', target: [command, ...args], schemas: /inputSchema/ },
    { transport: 'HTTP', target: [server.url, '--transport', 'http', '--header', `Authorization: Bearer ${token}`], schemas: /Schema/ },
  ];
  for (const { transport, target, schemas } of targets) {
    const warnings = (show.warnings ?? []).filter((warning) => schemas.test(warning));
    const eras = Object.entries(ERAS).map(async ([era, revision]) => {
      for (const question of questions(show, revision, workshop, warnings)) await ask(question, [...target, '--protocol-era', era], home);
    });
    await Promise.all(eras);
    const known = warnings.length === 0 ? 'finds the schemas portable' : `warns of ${warnings.length} schemas, which are known`;
    yield `Inspector over ${transport}, protocol ${Object.values(ERAS).join(' and ')}: --strict ${known}; a call answered, a call denied`;
  }
}

function questions(show: Show, revision: string, workshop: string, known: readonly string[]): Question[] {
  const { answered, says, denied } = show.inspected(workshop);
  return [
    {
      args: ['--method', 'initialize'],
      code: 0,
      look: ({ result }) => strictEqual(result.protocolVersion, revision),
    },
    {
      args: ['--method', 'tools/list', '--strict'],
      code: 0,
      look: ({ result }, stderr) => {
        ok(result.tools.some((tool: Answer) => tool.name === answered.name));
        // Portability of the schemas among clients: errors change the exit code, warnings only say so.
        const warnings = stderr.matchAll(/^Warning: tool "(.*)"\n +Path: (.*)/gm);
        const seen = Array.from(warnings, ([, tool, path]) => `${tool} ${path}`);
        deepStrictEqual(seen, known, stderr);
      },
    },
    {
      args: calling(answered),
      code: 0,
      look: ({ result }) => {
        ok(result.structuredContent);
        match(result.content[0].text, says);
      },
    },
    {
      args: calling(denied),
      code: TOOL_ERROR,
      look: ({ result }) => {
        strictEqual(result.isError, true);
        strictEqual(result._meta.code, 'denied');
      },
    },
  ];
}

function calling({ name, arguments: args }: Call): string[] {
  return ['--method', 'tools/call', '--tool-name', name, '--tool-args-json', JSON.stringify(args)];
}

/** The inspector keeps files in its HOME, and must not find those of somebody else there. */
async function ask({ args, code, look }: Question, target: string[], home: string): Promise<void> {
  const env = { ...process.env, HOME: home, USERPROFILE: home, NO_COLOR: '1' };
  const outcome = await run(['--cli', ...target, ...args, '--connect-timeout', `${CONNECT_MS}`, '--format', 'json', '-q'], env);
  if (outcome.code !== code) {
    throw new Error(`The inspector ended with ${outcome.code} instead of ${code}: ${args.join(' ')}\n${outcome.stdout}${outcome.stderr}`);
  }
  look(JSON.parse(outcome.stdout), outcome.stderr);
}

function run(args: string[], env: NodeJS.ProcessEnv): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const options = { env, timeout: TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 } as const;
  return new Promise((resolve) => {
    execFile(process.execPath, [INSPECTOR, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}
