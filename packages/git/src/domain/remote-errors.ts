import { type ErrorCode, ToolError } from '@touchstone-mcp/core/errors';
import { gitError } from './errors.ts';
import type { RemoteUrl } from './remote-url.ts';

type Meaning = readonly [says: RegExp, code: ErrorCode, message: (host: string) => string, hint: string];

const LATER = 'Tell the user; the same call may work later.';

/** What git, curl and ssh say (LC_ALL=C) when a remote is not reached, or not believed, and what it means to the caller. */
const MEANINGS: readonly Meaning[] = [
  [
    /Host key verification failed|No .* host key is known/,
    'denied',
    (host) => `The host key of ${host} is not the one that is known, or none is.`,
    'Tell the user: its key must be in known_hosts (see --ssh-known-hosts).',
  ],
  [
    /SSL certificate problem|SSL: no alternative certificate|certificate (?:verify|subject)|server certificate|self[- ]signed/i,
    'denied',
    (host) => `The certificate of ${host} is not trusted.`,
    'Tell the user: an authority of their own is named with --ca-file.',
  ],
  [
    /Authentication failed|could not read (?:Username|Password)|Permission denied \(|terminal prompts disabled|Too many authentication failures|requested URL returned error: 40[13]/,
    'denied',
    (host) => `${host} does not let this server in.`,
    'Tell the user: https needs --credential-helper (a password in a URL is not used), ssh a key without a passphrase, an agent, or --ssh-key.',
  ],
  [
    /unable to update url base from redirection|requested URL returned error: 30\d/,
    'denied',
    (host) => `${host} sends elsewhere, and redirects are not followed.`,
    'Tell the user: the URL of the remote has changed.',
  ],
  [
    /repository .*not found|does not appear to be a git repository|requested URL returned error: 404|not valid: is this a git repository/i,
    'not_found',
    (host) => `No such repository at ${host}, or none that this server may see.`,
    'Check the URL.',
  ],
  [
    /couldn't find remote ref|Remote branch .* not found/,
    'not_found',
    () => 'The remote has no such branch.',
    'Ask git_fetch without a branch, then git_branch.',
  ],
  [
    /fsck error|error in object|bad pack|invalid index-pack output|missingEmail|hasDotgit/i,
    'denied',
    (host) => `${host} sent objects that git does not accept.`,
    'Tell the user: they are damaged or made to do harm.',
  ],
  [
    /mismatched algorithms|object-format/,
    'unavailable',
    () => 'The remote keeps its objects in another format than this repository.',
    'Tell the user.',
  ],
  [
    /Failed to connect|Couldn't connect|Connection (?:refused|reset|closed|timed out)|Could not resolve|Operation too slow|timed out|unexpected disconnect|early EOF|hung up|RPC failed|requested URL returned error: 5\d\d|Could not read from remote repository|invalid server response|protocol error|bad line length/i,
    'unavailable',
    (host) => `${host} cannot be reached, or does not answer as git does.`,
    LATER,
  ],
];

/** The public error for a command that did not get what it wanted from a remote. What was said goes to the log as the cause. */
export function remoteError(command: string, { host }: RemoteUrl, { code, stderr }: { code: number; stderr: string }): ToolError {
  const known = gitError(command, code, stderr);
  const meaning = MEANINGS.find(([says]) => says.test(stderr));
  if (meaning === undefined) return known;
  const [, errorCode, message, hint] = meaning;
  return new ToolError(errorCode, message(host), { hint, cause: known.cause });
}
