import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GenericContainer, getContainerRuntimeClient, ImageName, Wait } from 'testcontainers';

/** The process whose end makes our containers leftovers, which is .ci/run, or this one. */
const OWNER = process.env['TOUCHSTONE_CONTAINER_OWNER'] ?? String(process.pid);

/** Whether a container engine answers, and there is an ssh to talk to it with. Throws if there is not where containers are required. */
export async function sshMayRun(): Promise<boolean> {
  try {
    execFileSync('ssh', ['-V'], { stdio: 'ignore' });
    await getContainerRuntimeClient();
    return true;
  } catch (cause) {
    if (process.env['TOUCHSTONE_REQUIRE_CONTAINERS'])
      throw new Error('Containers are required, and no engine or no ssh answers', { cause });
    process.stderr.write('No container engine or no ssh answers: the tests of ssh remotes are skipped.\n');
    return false;
  }
}

/** An OpenSSH server with one account, `git`. */
export interface SshRemote extends AsyncDisposable {
  /** `localhost:41234` */
  readonly host: string;
  /** A key that is let in, and a file that knows the server's. */
  readonly key: string;
  readonly knownHosts: string;
  /** Makes an empty bare repository. Resolves to its path. */
  init(name: string): Promise<string>;
}

/** Starts one, its keys in a directory that exists. */
export async function startSshRemote(directory: string): Promise<SshRemote> {
  const [key, knownHosts] = [join(directory, 'key'), join(directory, 'known_hosts')];
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key], { stdio: 'ignore' });
  const image = await GenericContainer.fromDockerfile(import.meta.dirname)
    .withBuildArgs({ IMAGE: ImageName.fromString('debian:bookworm-slim').string })
    .build('localhost/touchstone-git-sshd', { deleteOnExit: false });
  const sshd = '/usr/sbin/sshd -D -e -f /dev/null -o UsePAM=no -o PasswordAuthentication=no -o AuthorizedKeysFile=/etc/ssh/keys';
  const container = await image
    .withLabels({ 'touchstone.owner': OWNER })
    .withCopyContentToContainer([{ content: readFileSync(`${key}.pub`, 'utf8'), target: '/etc/ssh/keys', mode: 0o644 }])
    .withCommand(['sh', '-c', `mkdir -p /run/sshd && ssh-keygen -A && exec ${sshd}`])
    .withExposedPorts(22)
    .withWaitStrategy(Wait.forLogMessage(/Server listening on .* port 22/))
    .start();
  const run = async (command: string[], user = 'git') => {
    const { exitCode, output } = await container.exec(command, { user });
    if (exitCode !== 0) throw new Error(`${command.join(' ')}: ${output}`);
    return output;
  };
  const [host, port] = [container.getHost(), container.getMappedPort(22)];
  const hostKey = await run(['cat', '/etc/ssh/ssh_host_ed25519_key.pub'], 'root');
  writeFileSync(knownHosts, `[${host}]:${port} ${hostKey}`);
  return {
    host: `${host}:${port}`,
    key,
    knownHosts,
    async init(name) {
      const path = `/home/git/${name}.git`;
      await run(['git', 'init', '--quiet', '--bare', '--initial-branch=main', path]);
      return path;
    },
    [Symbol.asyncDispose]: async () => void (await container.stop()),
  };
}
