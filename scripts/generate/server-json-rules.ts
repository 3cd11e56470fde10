import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Listing, SERVER_SCHEMA } from '@touchstone-mcp/core/manifest';
import { Ajv, type ErrorObject } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import formats from 'ajv-formats';

/** A server.json, as far as our own rules look at it. */
interface ServerJson {
  name: string;
  version: string;
  packages: {
    registryType: string;
    identifier: string;
    version?: string;
    packageArguments?: { name?: string; valueHint?: string }[];
    environmentVariables?: { name: string; isSecret?: boolean }[];
  }[];
}

// A copy of SERVER_SCHEMA, so that nothing needs the network.
const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../schemas/server.schema.json'), 'utf8'));

/** What only the given properties may be in; the others are parts of these. */
const CLOSED = [
  'ServerDetail',
  'Package',
  'Repository',
  'StdioTransport',
  'StreamableHttpTransport',
  'SseTransport',
  'PositionalArgument',
  'NamedArgument',
  'KeyValueInput',
  'Icon',
];

const official = new Ajv({ strict: false, allErrors: true });
formats.default(official);
const isValid = official.compile(schema);

const closed = new Ajv2019({ strict: false, allErrors: true });
formats.default(closed);
const hasNoStrangers = closed.compile(closedSchema());

/** The schema allows any further property, and so every misspelt one. This one allows none. */
function closedSchema(): object {
  const { $schema: _draft, $id: _id, definitions, ...rest } = structuredClone(schema);
  for (const name of CLOSED) definitions[name].unevaluatedProperties = false;
  definitions.InputWithVariables.allOf[1].properties.variables.additionalProperties.unevaluatedProperties = false;
  return { ...rest, definitions };
}

/** Each rule that a server.json breaks, in words: the registry's schema, and what it leaves unsaid. */
export function violations(data: unknown, listing: Listing): string[] {
  if (schema.$id !== SERVER_SCHEMA) return [`server.json is written for ${SERVER_SCHEMA}, and scripts/schemas has ${schema.$id}`];
  if (!isValid(data)) return (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath || 'server.json'} ${message}`);
  if (!hasNoStrangers(data)) return strangers(hasNoStrangers.errors ?? []);
  return broken([...factRules(data as ServerJson, listing), ...settingRules(data as ServerJson, listing)]);
}

type Rule = readonly [holds: boolean, otherwise: string];

function broken(rules: readonly Rule[]): string[] {
  return rules.filter(([holds]) => !holds).map(([, otherwise]) => otherwise);
}

/** Below an `anyOf` each branch complains of its own: the properties named are what matters. */
function strangers(errors: readonly ErrorObject[]): string[] {
  const unknown = errors.flatMap(({ instancePath, params: { unevaluatedProperty: name } }) =>
    name === undefined ? [] : `${instancePath}/${name}`,
  );
  return [...new Set(unknown)].map((path) => `${path} is not in the schema of the registry`);
}

function factRules({ name, version, packages }: ServerJson, { facts }: Listing): Rule[] {
  return [
    [name === facts.mcpName, `name is ${name}, and mcpName in package.json is ${facts.mcpName}`],
    [version === facts.version, `version is ${version}, and package.json has ${facts.version}`],
    ...packages.map(({ registryType, identifier, version: released }): Rule => {
      // An image has its version in its name.
      const agrees =
        registryType === 'oci' ? identifier.endsWith(`:${facts.version}`) : released === facts.version && identifier === facts.name;
      return [agrees, `package ${identifier} ${released ?? ''} is not that of ${facts.name} ${facts.version}`];
    }),
  ];
}

function settingRules({ packages }: ServerJson, { own, common }: Listing): Rule[] {
  const options = [...own, ...common];
  const byArgument = new Map(options.map((option) => [option.positional ? option.key : option.flag, option]));
  const byVariable = new Map(options.map((option) => [option.env, option]));
  const names = packages.flatMap(({ packageArguments = [] }) =>
    packageArguments.flatMap((argument) => argument.name ?? argument.valueHint ?? []),
  );
  const variables = packages.flatMap(({ environmentVariables = [] }) => environmentVariables);
  return [
    ...names.flatMap((name): Rule[] => [
      [byArgument.has(name), `${name} is no argument of the server`],
      [byArgument.get(name)?.secret !== true, `${name} is a secret, which other users could read in an argument`],
    ]),
    ...variables.flatMap(({ name, isSecret }): Rule[] => [
      [byVariable.has(name), `${name} is no variable of the server`],
      [byVariable.get(name)?.secret !== true || isSecret === true, `${name} is a secret, and not marked as one`],
    ]),
  ];
}
