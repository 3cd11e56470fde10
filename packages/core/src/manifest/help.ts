import type { Option } from '../config/options.ts';
import type { AnyServer } from '../define.ts';

const WIDTH = 30;

/** The text of `--help`, from the same options that everything else is made of. */
export function helpText(server: AnyServer, options: readonly Option[]): string {
  const command = commandOf(server);
  const positional = options.find((option) => option.positional);
  const flags = options.filter((option) => option.flag !== undefined);
  const secrets = options.filter((option) => option.secret);
  const usage =
    positional === undefined ? '' : ` ${positional.required ? '' : '['}${positional.key.toUpperCase()}...${positional.required ? '' : ']'}`;
  return [
    `${server.title} ${server.version}`,
    '',
    `Usage: ${command} [options]${usage}`,
    ...(positional === undefined ? [] : ['', ...row(`  ${positional.key.toUpperCase()}`, positional)]),
    '',
    'Options (each may also be set by the variable named, or by its key in the --config file):',
    ...flags.flatMap((option) => row(`  ${option.flag}${option.type === 'boolean' ? '' : ` <${option.type}>`}`, option)),
    ...row('  --help', { description: 'Print this text.' }),
    ...row('  --version', { description: 'Print the version.' }),
    '',
    'Secrets (no flags: other users of this machine can read those):',
    ...secrets.flatMap((option) =>
      row(`  ${option.env}`, { description: `${option.description} Or ${option.envFile}, a file that holds it.` }),
    ),
    '',
  ].join('\n');
}

/** `touchstone-filesystem` */
export function commandOf(server: AnyServer): string {
  return `touchstone-${server.name}`;
}

function row(left: string, { description, env, default: value, choices, type, positional }: Partial<Option>): string[] {
  const details = [
    ...(type === 'list' && !positional ? ['comma-separated, may be repeated'] : []),
    ...(choices === undefined ? [] : [`one of ${choices.join(', ')}`]),
    ...(value === undefined || (Array.isArray(value) && value.length === 0) ? [] : [`default ${value}`]),
    ...(env === undefined ? [] : [env]),
  ];
  const right = `${description ?? ''}${details.length === 0 ? '' : ` [${details.join('; ')}]`}`;
  return left.length < WIDTH ? [left.padEnd(WIDTH) + right] : [left, ' '.repeat(WIDTH) + right];
}
