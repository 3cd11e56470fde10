import { type Change, compareLists, type Offer } from './changes.ts';

/** Files of a revision, or of the working tree. */
export interface Tree {
  paths: readonly string[];
  read(path: string): string;
}

/** What differs of one package, and which of its lists have each difference. */
export interface PackageDiff {
  folder: string;
  changes: (Change & { lists: string[] })[];
}

/** The contract snapshots. Core's are of servers that only its tests have. */
const SNAPSHOT = /^packages\/(?!core\/)([^/]+)\/test\/contract\/([^/]+)\.json$/;

interface ListedPrompt {
  name: string;
  title: string;
  description: string;
  arguments?: { name: string; description: string; required: boolean }[];
}

interface ListedTemplate {
  name: string;
  title: string;
  description: string;
  uriTemplate: string;
}

/** Compares the contract snapshots of two trees, package by package. A list that is new breaks nobody; one that is gone hides what it held. */
export function comparePackages(base: Tree, head: Tree): PackageDiff[] {
  const [before, after] = [listsOf(base), listsOf(head)];
  const folders = [...new Set([...before.values()].map(({ folder }) => folder))];
  return folders.map((folder) => {
    const lists = [...before].filter(([, list]) => list.folder === folder);
    const changes = lists.flatMap(([path, { name, offers }]) => {
      const now = after.get(path)?.offers;
      const found =
        now === undefined ? [{ name: '(all)', text: 'the list is no longer on record', breaking: true }] : compareLists(offers, now);
      return found.map((change) => ({ ...change, list: name }));
    });
    return { folder, changes: grouped(changes) };
  });
}

/** The same difference in several configurations is told once. */
function grouped(changes: readonly (Change & { list: string })[]): PackageDiff['changes'] {
  const byKey = Map.groupBy(changes, ({ name, text }) => `${name} ${text}`);
  return [...byKey.values()].flatMap((same) => {
    const [first] = same;
    return first === undefined
      ? []
      : [{ name: first.name, text: first.text, breaking: first.breaking, lists: same.map(({ list }) => list) }];
  });
}

function listsOf(tree: Tree) {
  return new Map(
    tree.paths.flatMap((path) => {
      const [, folder, name] = SNAPSHOT.exec(path) ?? [];
      return folder === undefined || name === undefined ? [] : [[path, { folder, name, offers: offersOf(name, tree.read(path)) }] as const];
    }),
  );
}

/** Prompts and templates in the shape of tools: their arguments are strings, and a template has no other value than itself. */
function offersOf(name: string, json: string): Offer[] {
  if (name.endsWith('.prompts')) return (JSON.parse(json) as ListedPrompt[]).map(promptOffer);
  if (name.endsWith('.resources')) return (JSON.parse(json) as ListedTemplate[]).map(templateOffer);
  return JSON.parse(json);
}

function promptOffer({ arguments: args = [], ...prompt }: ListedPrompt): Offer {
  const properties = Object.fromEntries(args.map(({ name, description }) => [name, { type: 'string', description }]));
  const required = args.filter((argument) => argument.required).map(({ name }) => name);
  return { ...prompt, inputSchema: { type: 'object', properties, required, additionalProperties: false } };
}

function templateOffer({ uriTemplate, ...template }: ListedTemplate): Offer {
  return { ...template, inputSchema: { const: uriTemplate } };
}
