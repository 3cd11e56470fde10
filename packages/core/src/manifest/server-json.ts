import type { Option } from '../config/options.ts';
import { argumentOf, askedFor, CONTAINER_USER, imageOf, type Listing, readmeOf, repositoryOf, textOf } from './listing.ts';

/** The version of the registry's schema that `serverJson` is written for. */
export const SERVER_SCHEMA = 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json';

/**
 * The server's entry in the MCP registry. Settings are variables, since an empty variable means unset: of each flag that is listed, clients make two
 * arguments, answered or not, which is wrong for a boolean and for what is left empty.
 */
export function serverJson(listing: Listing) {
  const { server, facts } = listing;
  const npm = { registryType: 'npm', identifier: facts.name, version: facts.version, runtimeHint: 'npx' };
  const variables = askedFor(listing).filter(isVariable).map(variable);
  const [http, port, token] = ['http', 'httpPort', 'httpToken'].map((key) => commonSetting(listing, key)) as [Option, Option, Option];
  return {
    $schema: SERVER_SCHEMA,
    name: facts.mcpName,
    title: `Touchstone ${server.title}`,
    description: facts.description,
    version: facts.version,
    websiteUrl: readmeOf(listing),
    repository: { url: repositoryOf(listing), source: 'github', subfolder: facts.repository.directory },
    // Clients take the first package of a registry that they know.
    packages: [
      { ...npm, packageArguments: positional(listing), environmentVariables: variables, transport: { type: 'stdio' } },
      { ...container(listing), environmentVariables: variables, transport: { type: 'stdio' } },
      {
        ...npm,
        packageArguments: [{ type: 'named', name: http.flag }, ...positional(listing)],
        environmentVariables: [...variables, variable(port), variable(token)],
        transport: {
          type: 'streamable-http',
          url: `http://127.0.0.1:{${port.env}}/mcp`,
          headers: [{ name: 'Authorization', description: `Bearer and ${token.env}, if that is set.`, isSecret: true }],
        },
      },
    ],
  };
}

/** Where the images expect what the server works on. */
const MOUNTED = '/data';

/** A container needs no more. */
const LOCKED = [
  { type: 'named', name: '--read-only' },
  { type: 'named', name: '--cap-drop', value: 'ALL' },
];

const OWNER = {
  description: 'User and group to whom the directory belongs, as id -u and id -g say',
  isRequired: true,
  default: CONTAINER_USER,
};

/** The image. A directory is mounted, and the server told where. */
function container(listing: Listing) {
  const image = { registryType: 'oci', identifier: imageOf(listing), runtimeHint: 'docker' };
  const option = argumentOf(listing);
  if (option?.path !== 'directory') return { ...image, runtimeArguments: LOCKED, packageArguments: positional(listing) };
  const { description, key, placeholder } = option;
  const source = { description, isRequired: true, format: 'filepath', ...placeholderOf(placeholder) };
  return {
    ...image,
    runtimeArguments: [
      ...LOCKED,
      { type: 'named', name: '--user', value: '{user}', variables: { user: OWNER } },
      { type: 'named', name: '--mount', value: `type=bind,src={${key}},dst=${MOUNTED}`, variables: { [key]: source } },
    ],
    packageArguments: [{ type: 'positional', value: MOUNTED }],
  };
}

function positional(listing: Listing) {
  const option = argumentOf(listing);
  if (option === undefined) return [];
  const { key, type, description, required, placeholder } = option;
  return [
    {
      type: 'positional',
      valueHint: key,
      description,
      isRequired: required,
      isRepeated: type === 'list',
      format: formatOf(option),
      ...placeholderOf(placeholder),
    },
  ];
}

function isVariable({ env, positional, secret }: Option): boolean {
  return env !== undefined && (!positional || secret);
}

function variable(option: Option) {
  const { env: name, description, required, secret, type, choices, placeholder } = option;
  const value = textOf(option.default);
  return {
    name,
    description,
    isRequired: required,
    isSecret: secret,
    format: formatOf(option),
    ...(value === undefined ? {} : { default: value }),
    // A list may have several of them.
    ...(choices === undefined || type === 'list' ? {} : { choices }),
    ...placeholderOf(placeholder),
  };
}

function formatOf({ type, path }: Option): string {
  if (path !== undefined) return 'filepath';
  return type === 'number' || type === 'boolean' ? type : 'string';
}

function placeholderOf(placeholder: unknown) {
  return typeof placeholder === 'string' ? { placeholder } : {};
}

function commonSetting({ common }: Listing, key: string): Option {
  const option = common.find((candidate) => candidate.key === key);
  if (option === undefined) throw new TypeError(`server.json needs the setting ${key}, which commonSchema does not have`);
  return option;
}
