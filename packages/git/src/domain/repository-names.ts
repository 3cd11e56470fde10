import { basename, join } from 'node:path';
import type { Boundary } from './boundary.ts';
import { kindOf } from './layout.ts';
import { nearby } from './repositories.ts';

interface NamedRepository {
  readonly name: string;
  readonly path: string;
}

/** Names of the repositories that the allowed directories are or directly hold; where two are called the same, their paths. */
export async function repositoryNames(boundary: Boundary): Promise<string[]> {
  return (await namedRepositories(boundary)).map(({ name }) => name);
}

/** The path behind such a name. What is none is taken for a path. */
export async function pathOfName(name: string | undefined, boundary: Boundary): Promise<string | undefined> {
  if (name === undefined) return undefined;
  return (await namedRepositories(boundary)).find((each) => each.name === name)?.path ?? name;
}

async function namedRepositories(boundary: Boundary): Promise<NamedRepository[]> {
  const lists = boundary.roots.map(async (root) => {
    const own = (await kindOf(join(root.real, '.git'))) === undefined ? [] : [root.path];
    return [...own, ...(await nearby(root))];
  });
  const paths = (await Promise.all(lists)).flat();
  const names = paths.map((path) => basename(path));
  return paths.map((path, index) => {
    const name = names[index] ?? path;
    return { name: names.indexOf(name) === names.lastIndexOf(name) ? name : path, path };
  });
}
