import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Our fifteen tools, as a user gets one of our servers: one bundle. */
export const benchServer = at('../ours/dist/main.js');

/** Our filesystem server's own bundle. */
export const filesystemServer = at('../../../packages/filesystem/dist/main.js');

/** Our PostgreSQL server's own bundle. */
export const postgresServer = at('../../../packages/postgres/dist/main.js');

/** Our git server's own bundle. */
export const gitServer = at('../../../packages/git/dist/main.js');

/** Our HTTP fetch server's own bundle. */
export const fetchServer = at('../../../packages/http-fetch/dist/main.js');

/** Bundles the fifteen tools with the script that bundles every server. Says why it could not, or undefined. */
export function bundleOurs(): string | undefined {
  if (!existsSync(at('../../../packages/core/dist/index.js'))) return 'core is not built: pnpm build';
  try {
    execFileSync(process.execPath, [at('../../../scripts/bundle.ts')], { cwd: at('../ours'), stdio: ['ignore', 'ignore', 'pipe'] });
    return undefined;
  } catch (error) {
    return `bundling failed: ${String((error as { stderr?: Buffer }).stderr ?? error)
      .trim()
      .split('\n')
      .at(-1)}`;
  }
}
