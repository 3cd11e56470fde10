import type { Option } from '../config/options.ts';
import type { AnyServer } from '../define.ts';

const WIDTH = 30;

/** The text of `--help`, from the same options that everything else is made of. */
export function helpText(server: AnyServer, options: readonly Option[]): string {
  const positional = options.find((option) => option.positional);
  const named = options.filter(({ flag, type }) => flag !== undefined || type === 'object');
  const secrets = options.filter((option) => option.secret && !option.positional && option.type !== 'object');
  return [
    `${server.title} ${server.version}`,
    '',
    `Usage: ${commandOf(server)} [options]${positional === undefined ? '' : ` ${usageOf(positional)}`}`,
    ...(positional === undefined ? [] : ['', ...row(`  ${positional.key.toUpperCase()}`, positional)]),
    '',
    'Options (each may also be set by the variable named, or by its key in the --config file):',
    ...named.flatMap((option) => row(`  ${nameOf(option)}`, option)),
    ...row('  --help', { description: 'Print this text.' }),
    ...row('  --version', { description: 'Print the version.' }),
    '',
    'Secrets (no flags: other users of this machine can read those):',
    ...secrets.flatMap(({ env, envFile, envAlias, description }) =>
      row(`  ${env}`, { description: `${description} Or ${envFile}, a file that holds it.`, envAlias }),
    ),
    '',
  ].join('\n');
}

/** `--max-rows <number>` */
function nameOf({ key, flag, type }: Option): string {
  if (flag === undefined) return key;
  return type === 'boolean' ? flag : `${flag} <${type}>`;
}

/** `[DIRECTORIES...]` */
function usageOf({ key, type, required }: Option): string {
  const name = `${key.toUpperCase()}${type === 'list' ? '...' : ''}`;
  return required ? name : `[${name}]`;
}

/** `touchstone-filesystem` */
export function commandOf(server: AnyServer): string {
  return `touchstone-${server.name}`;
}

function row(left: string, option: Partial<Option>): string[] {
  const { description, env, envFile, envAlias, default: value, choices, type, positional } = option;
  const hasDefault = value !== undefined && type !== 'object' && !(Array.isArray(value) && value.length === 0);
  const details = [
    ...(type === 'list' && !positional ? ['comma-separated, may be repeated'] : []),
    ...(choices === undefined ? [] : [`${type === 'list' ? 'any' : 'one'} of ${choices.join(', ')}`]),
    ...(type === 'object' ? ['config file only'] : []),
    ...(hasDefault ? [`default ${value}`] : []),
    ...(env === undefined ? [] : [env]),
    ...(envFile === undefined ? [] : [`${envFile}, a file that holds it`]),
    ...(envAlias === undefined ? [] : [envAlias]),
  ];
  const right = `${description ?? ''}${details.length === 0 ? '' : ` [${details.join('; ')}]`}`;
  return left.length < WIDTH ? [left.padEnd(WIDTH) + right] : [left, ' '.repeat(WIDTH) + right];
}
