import { pathsThatBegin, readObject, revisionsThatBegin } from '../domain/object.ts';
import type { Repository } from '../domain/repository.ts';
import { pathOfName, repositoryNames } from '../domain/repository-names.ts';
import { defineResource } from '../resource.ts';
import type { Dependencies } from '../server.ts';

/** A file or directory of any revision. What is one segment is percent-encoded: the branch feature/login is `feature%2Flogin`. */
export const object = defineResource({
  name: 'object',
  title: 'File at a revision',
  description: 'A file as a branch, tag or commit has it, or the names in a directory.',
  uriTemplate: 'git://{repo}/{revision}/{+path}',
  audit: ['repo', 'revision', 'path'],
  async read({ repo, revision, path }, { maxResultChars, signal, ...dependencies }) {
    using repository = await open(repo, signal, dependencies);
    const content = await readObject(repository, revision, path, maxResultChars, signal);
    return 'text' in content ? { ...content, mimeType: 'text/plain' } : { blob: content.bytes, mimeType: 'application/octet-stream' };
  },
  complete: {
    repo: async (typed, _settled, { repositories }) =>
      (await repositoryNames(repositories.boundary)).filter((name) => name.startsWith(typed)),
    async revision(typed, { repo }, { signal, ...dependencies }) {
      using repository = await open(repo, signal, dependencies);
      return await revisionsThatBegin(repository, typed, signal);
    },
    async path(typed, { repo, revision = 'HEAD' }, { signal, ...dependencies }) {
      using repository = await open(repo, signal, dependencies);
      return await pathsThatBegin(repository, revision, typed, signal);
    },
  },
});

async function open(
  name: string | undefined,
  signal: AbortSignal,
  { repositories }: Pick<Dependencies, 'repositories'>,
): Promise<Repository> {
  return await repositories.open(await pathOfName(name, repositories.boundary), { signal });
}
