import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { type Assembly, assemble } from './assemble.ts';
import { type CommonConfig, commonSchema } from './config/common.ts';
import { ConfigError, loadConfig } from './config/load.ts';
import { optionsOf } from './config/options.ts';
import type { AnyServer } from './define.ts';
import { ToolError } from './errors.ts';
import { insteadOf } from './guards/deprecation.ts';
import { redactor } from './guards/redact.ts';
import { createLog, type Logger, type LogSink, MAX_WAITING } from './log.ts';
import { commandOf, helpText } from './manifest/help.ts';
import type { LineSink } from './serve/lines.ts';
import { isLoopback } from './serve/origin.ts';
import { type Serving, serveStdio } from './serve/stdio.ts';

/**
 * The process must have ended this long after it was told to, come what may. A client that has left has had a farewell before
 * (lines.ts), and was promised two seconds in all.
 */
const EXIT_MS = { http: 9_000, stdio: 1_000, left: 600 };

/** How often to look whether the process that started this one still lives. */
const WATCH_MS = 500;

/** Runs a server as this process: argv -> settings -> open -> serve -> close. The only place that touches `process`. */
export async function main(server: AnyServer): Promise<void> {
  const stdout = claimStdout();
  const schema = commonSchema.extend(server.configSchema.shape);
  const options = optionsOf(schema, server.envPrefix);
  const argv = process.argv.slice(2);
  if (argv.includes('--help') || argv.includes('-h')) return void stdout.write(helpText(server, options));
  if (argv.includes('--version')) return void stdout.write(`${server.version}\n`);
  let secrets: string[] = [];
  try {
    // The schema extends the common one; the server's own part is known to the server alone.
    const loaded = loadConfig(schema, options, server.envPrefix, { argv, env: process.env });
    const config = loaded.config as CommonConfig;
    secrets = loaded.secrets;
    const log = createLog(config.logLevel, secrets, oncePerTurn(process.stderr));
    for (const { key, description } of loaded.deprecated) log.warn({ setting: key, instead: insteadOf(description) }, 'deprecated');
    await run(server, config, log, stdout);
  } catch (error) {
    // A mistake of the operator's gets a sentence, a mistake of ours its stack.
    const known = error instanceof ConfigError || error instanceof ToolError;
    const text = known
      ? [error.message, 'hint' in error ? error.hint : undefined].join(' ').trim()
      : String((error as Error).stack ?? error);
    // Whatever was opened until then must not keep the process.
    process.stderr.write(`${commandOf(server)}: ${withoutSecrets(text, secrets)}\nSee ${commandOf(server)} --help\n`, () =>
      process.exit(1),
    );
  }
}

async function run(server: AnyServer, config: CommonConfig, log: Logger, stdout: LineSink): Promise<void> {
  if (config.http && config.httpToken === undefined && !isLoopback(config.httpHost)) {
    const token = `${server.envPrefix}_HTTP_TOKEN`;
    throw new ConfigError(
      `Listening on ${config.httpHost} would let anybody in. Set ${token} or ${token}_FILE, or use --http-host 127.0.0.1.`,
    );
  }
  if (/--inspect/.test(`${process.execArgv} ${process.env['NODE_OPTIONS']}`))
    log.warn('The inspector is open: whoever reaches it owns this process.');
  // Before anything is opened: that may take long, or fail where nobody catches it.
  const told = endings(log, config.http);
  const assembly = await assemble(server, config, log);
  const serving = config.http ? await listen(assembly, config, log) : serveStdio(assembly, log, process.stdin, stdout);
  const left = serving.ended.then(() => exitAtLast('the client has left', EXIT_MS.left));
  log.info({ reason: await Promise.race([left, told]) }, 'stopping');
  await stop(serving, assembly, stdout);
}

async function listen(assembly: Assembly, config: CommonConfig, log: Logger): Promise<Serving> {
  // Only those who serve HTTP pay for loading it.
  const [{ serveHttp }, { bearerToken }] = await Promise.all([import('./serve/http.ts'), import('./serve/auth.ts')]);
  const serving = await serveHttp(assembly, log, {
    host: config.httpHost,
    port: config.httpPort,
    allowedHosts: config.httpAllowedHosts,
    allowedOrigins: config.httpAllowedOrigins,
    authenticate: config.httpToken === undefined ? undefined : bearerToken(config.httpToken),
  }).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`Cannot listen on ${config.httpHost}:${config.httpPort}: ${error.code}. Choose another with --http-port.`, {
      cause: error,
    });
  });
  log.info({ url: serving.url }, 'listening');
  return serving;
}

/** Resolves to the reason when this process is told to end, in whichever way, and sees to it that it does. */
async function endings(log: Logger, http: boolean): Promise<string> {
  const signals = (['SIGTERM', 'SIGINT', 'SIGHUP'] as const).map(
    // Not only once: the second one would kill, while calls are being finished.
    (signal) => new Promise<string>((resolve) => process.on(signal, () => resolve(signal))),
  );
  const fault = new Promise<string>((resolve) => {
    const onFault = (error: unknown) => {
      log.fatal({ err: error }, 'uncaught');
      process.exitCode = 1;
      resolve('a fault');
    };
    // No "recover and spin": what is unknown is not trusted to go on.
    process.on('uncaughtException', onFault).on('unhandledRejection', onFault);
  });
  const reason = await Promise.race([...signals, fault, ...(http ? [] : [parentDeath()])]);
  return exitAtLast(reason, http ? EXIT_MS.http : EXIT_MS.stdio);
}

/** The last resort, should closing take too long. Keeps the process until then: an exit by itself would not have code 0. */
function exitAtLast(reason: string, ms: number): string {
  setTimeout(() => process.exit(), ms);
  return reason;
}

/** A wrapper such as `npm exec` may die without closing the pipe: then nobody would ever tell us. */
function parentDeath(): Promise<string> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      resolve('the parent has died');
    }, WATCH_MS).unref();
  });
}

async function stop(serving: Serving, assembly: Assembly, stdout: LineSink): Promise<void> {
  await serving.close();
  await assembly[Symbol.asyncDispose]();
  // Whatever a dependency left behind must not keep the process, but what was written must have left it.
  await Promise.all([stdout, process.stderr].map((sink) => new Promise<void>((resolve) => sink.write('', () => resolve()))));
  process.exit();
}

/** Nothing but JSON-RPC may reach stdout: the transport keeps it, and everybody else who writes there writes to stderr. */
function claimStdout(): LineSink {
  const stdout: NodeJS.WriteStream = process.stdout;
  const write = stdout.write.bind(stdout);
  const noise = asideStream();
  stdout.write = noise.write.bind(noise);
  globalThis.console = new Console(noise);
  // A client that has gone must not turn our farewell to it into an exception.
  for (const stream of [stdout, process.stderr]) stream.on('error', () => {});
  return {
    write,
    on: (event, listener) => stdout.on(event, listener),
    get writableLength() {
      return stdout.writableLength;
    },
  };
}

/** Lines of one turn of the event loop leave together: under load, a system call for each would cost more than the line. */
function oncePerTurn(stream: NodeJS.WriteStream): LogSink {
  return {
    write(line) {
      if (stream.writableCorked === 0) {
        stream.cork();
        setImmediate(() => stream.uncork());
      }
      stream.write(line);
    },
    get writableLength() {
      return stream.writableLength;
    },
  };
}

/** What libraries print: to stderr, without what looks like a secret, and to nobody where nobody reads. */
function asideStream(): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (process.stderr.writableLength < MAX_WAITING) process.stderr.write(withoutSecrets(chunk.toString(), []));
      done();
    },
  });
}

/** The redactor knows lines of JSON: plain text goes through it as one. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  return JSON.parse(redactor(secrets)(JSON.stringify(text)));
}
