import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What a user pays for a package: kilobytes and megabytes are thousands and millions of bytes. */
interface Cost {
  /** The tarball that npm downloads. */
  readonly tarballKb: number;
  /** The package's own files. */
  readonly unpackedKb: number;
  /** Of a server: scripts that are read before it answers. */
  readonly startKb?: number;
  /** All that `npm install` puts on the disk: packages, this one among them, and their size. */
  readonly packages: number;
  readonly installedMb: number;
}

/** Near what each costs today. A server may never take more than 20 packages and 20 MB. */
const BUDGETS: Readonly<Record<string, Cost>> = {
  core: { tarballKb: 92, unpackedKb: 295, packages: 20, installedMb: 17 },
  filesystem: { tarballKb: 230, unpackedKb: 920, startKb: 840, packages: 3, installedMb: 7 },
  git: { tarballKb: 250, unpackedKb: 990, startKb: 900, packages: 1, installedMb: 1.1 },
  'http-fetch': { tarballKb: 440, unpackedKb: 1700, startKb: 1330, packages: 1, installedMb: 1.8 },
  postgres: { tarballKb: 275, unpackedKb: 1080, startKb: 980, packages: 3, installedMb: 3.2 },
};

const WHAT_IS_IN_IT = 'node ../../scripts/bundle.ts --analyze, in its folder, says what is in a bundle';
const WHERE_TO_LOOK: Readonly<Record<keyof Cost, string>> = {
  tarballKb: WHAT_IS_IN_IT,
  unpackedKb: WHAT_IS_IN_IT,
  startKb: `${WHAT_IS_IN_IT}; what a start has no use for can be imported when it is used, or trimmed (scripts/bundle/trimmed.ts)`,
  packages: 'npm ls --all, in an empty folder where it is installed, says who brings whom',
  installedMb: 'du -a node_modules | sort -n, in an empty folder where it is installed',
};

/** What a package costs, from its tarball and from the folder into which npm has installed it, and nothing else. */
export function measure(name: string, isServer: boolean, tarball: string, folder: string): Cost {
  const modules = join(folder, 'node_modules');
  const own = join(modules, '@touchstone-mcp', name);
  const { packages } = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8'));
  return {
    tarballKb: Math.ceil(statSync(tarball).size / 1e3),
    unpackedKb: Math.ceil(sizeOf(own) / 1e3),
    ...(isServer ? { startKb: Math.ceil(startOf(join(own, 'dist')) / 1e3) } : {}),
    packages: Object.keys(packages).length,
    installedMb: Math.ceil(sizeOf(modules) / 1e5) / 10,
  };
}

/** A sentence for each budget that is broken: by how much, and where to look. */
export function overruns(name: string, cost: Cost): readonly string[] {
  const budget = BUDGETS[name];
  if (budget === undefined) return [`${name}: has no budget in scripts/packages/budgets.ts`];
  return (Object.keys(cost) as (keyof Cost)[]).flatMap((key) => {
    const [is, most] = [cost[key] ?? 0, budget[key] ?? 0];
    const over = Number((is - most).toFixed(1));
    return over > 0
      ? [
          `${name}: ${key} is ${is}, ${over} over its budget of ${most} in scripts/packages/budgets.ts. Where to look: ${WHERE_TO_LOOK[key]}.`,
        ]
      : [];
  });
}

function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

/** Bytes of the entry point, of what it loads, and of what those files import; what they load later is not for a start. */
function startOf(dist: string): number {
  const files = new Map(readdirSync(dist).map((file) => [file, join(dist, file)]));
  const read = new Set(['main.js']);
  for (const file of read) {
    const text = readFileSync(files.get(file) ?? '', 'utf8');
    const imports = file === 'main.js' ? /\b(?:from|import)\s*\(?"\.\/([^"]+)"/g : /\b(?:from|import)\s*"\.\/([^"]+)"/g;
    for (const [, path = ''] of text.matchAll(imports)) if (files.has(path)) read.add(path);
  }
  if (read.size === 1)
    throw new Error(`${join(dist, 'main.js')} loads nothing that could be found: startOf must follow how bundles are written`);
  return [...read].reduce((sum, file) => sum + statSync(files.get(file) ?? '').size, 0);
}
