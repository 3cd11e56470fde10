import { readFileSync } from 'node:fs';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';

/**
 * Starts nginx in a container. Undefined, once it has said why, where no container can be started and none is required; where it is
 * (TOUCHSTONE_REQUIRE_CONTAINERS), it throws.
 */
export async function startNginx(
  tls: { cert: string; key: string },
  pages: Readonly<Record<string, string>>,
): Promise<StartedTestContainer | undefined> {
  const files = {
    '/etc/nginx/nginx.conf': readFileSync(new URL('nginx.conf', import.meta.url), 'utf8'),
    '/tls/site.crt': tls.cert,
    '/tls/site.key': tls.key,
  };
  const copies = Object.entries({ ...files, ...Object.fromEntries(Object.entries(pages).map(([name, page]) => [`/pages/${name}`, page])) });
  try {
    return await new GenericContainer('nginx:stable')
      // Whose end makes it a leftover: see .ci/run, and the tests of PostgreSQL, which clear away.
      .withLabels({ 'touchstone.owner': process.env['TOUCHSTONE_CONTAINER_OWNER'] ?? String(process.pid) })
      .withCopyContentToContainer(copies.map(([target, content]) => ({ target, content, mode: 0o644 })))
      .withExposedPorts(80, 443)
      // What looks for listening ports needs more programs than the image may have.
      .withWaitStrategy(Wait.forHttp('/page.html', 80))
      .start();
  } catch (cause) {
    if (process.env['TOUCHSTONE_REQUIRE_CONTAINERS'])
      throw new Error('TOUCHSTONE_REQUIRE_CONTAINERS is set, and nginx cannot be started', { cause });
    process.stderr.write(`nginx cannot be started (${cause instanceof Error ? cause.message : cause}): its tests are left out.\n`);
    return undefined;
  }
}
