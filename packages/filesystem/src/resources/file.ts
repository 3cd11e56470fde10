import { completePath, pathOfUri, readContent, rootUris, watchPath } from '../domain/resource.ts';
import { defineResource } from '../resource.ts';

export const file = defineResource({
  name: 'file',
  title: 'File',
  description: 'A file inside the allowed directories, or the names in one of those.',
  uriTemplate: 'file:///{+path}',
  audit: ['path'],
  list: ({ roots }) => rootUris(roots),
  read: ({ path }, { roots, maxResultChars, signal }) => readContent(roots, pathOfUri(path), maxResultChars, signal),
  complete: { path: (typed, _settled, { roots, signal }) => completePath(roots, typed, signal) },
  watch: ({ path }, changed, { roots, signal }) => watchPath(roots, pathOfUri(path), changed, signal),
});
