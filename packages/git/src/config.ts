import * as z from 'zod';

/** Settings of the git server. */
export const configSchema = z.strictObject({
  repositories: z
    .array(z.string().min(1))
    .min(1, 'name at least one directory')
    .describe('Repositories, or directories that hold repositories. Nothing outside them is read or written.')
    .meta({ positional: true, path: 'directory', placeholder: '/a/repository' }),
  write: z.boolean().default(false).describe('Allow staging, committing, branches, tags and stashes.').meta({ dialog: true }),
  toolsets: z
    .array(z.enum(['history', 'worktree', 'remote']))
    .default([])
    .describe('More tools: history (merge, rebase, cherry-pick, revert), worktree, remote (network, with --allow-hosts). All need --write.')
    .meta({ dialog: true }),
  destructive: z
    .boolean()
    .default(false)
    .describe('Allow what loses work as well: hard reset, clean, deleting branches, pushing over a remote branch (needs --write).')
    .meta({ dialog: true }),
  allowHosts: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Remotes that the toolset remote may talk to: github.com, github.com/acme, *.example.com, git.example.com:8443, http://build.local.',
    )
    .meta({ dialog: true, placeholder: 'github.com/acme' }),
  protectedBranches: z.array(z.string().min(1)).default(['main', 'master']).describe('Branches that are never deleted or rewritten.'),
  hooks: z.boolean().default(false).describe('Run the hooks of a repository. They are programs that the repository chose.'),
  lfs: z.boolean().default(false).describe('Run git-lfs for files that it keeps.'),
  signing: z.boolean().default(false).describe('Sign commits and tags as your global configuration says (needs --user-config).'),
  userConfig: z.boolean().default(false).describe('Use your global git configuration: identity, aliases excepted, and safe.directory.'),
  credentialHelper: z
    .string()
    .min(1)
    .optional()
    .describe('Credential helper for https remotes: osxkeychain, manager, store, or a command by its absolute path.'),
  caFile: z
    .string()
    .min(1)
    .optional()
    .describe('Certificates (PEM) of authorities that https remotes may have beside those of the system.')
    .meta({ path: 'file', placeholder: '/a/ca.pem' }),
  sshKey: z
    .string()
    .min(1)
    .optional()
    .describe('Private key for ssh remotes, without a passphrase. By default your own keys and your agent.')
    .meta({ path: 'file', placeholder: '/a/key' }),
  sshKnownHosts: z
    .string()
    .min(1)
    .optional()
    .describe('Keys of ssh hosts. By default your own known_hosts and that of the system.')
    .meta({ path: 'file', placeholder: '/a/known_hosts' }),
  authorName: z
    .string()
    .min(1)
    .optional()
    .describe('Name on commits. Without it, that of the repository or of your configuration.')
    .meta({ dialog: true }),
  authorEmail: z.string().min(1).optional().describe('E-mail address on commits.').meta({ dialog: true }),
  gitPath: z
    .string()
    .min(1)
    .optional()
    .describe('The git to run, absolute. By default the first on PATH.')
    .meta({ path: 'file', placeholder: '/usr/bin/git' }),
  maxMemoryMb: z
    .int()
    .min(64)
    .max(1_000_000)
    .default(1_024)
    .describe('Most memory that one git may take, in megabytes, beside pages of files; one that takes more is ended (Linux).'),
  acceptOldGit: z
    .boolean()
    .default(false)
    .describe('Run a git whose version has known holes, because its distribution has closed them without a new number.'),
});

/** The settings, checked. */
export type Config = z.output<typeof configSchema>;
