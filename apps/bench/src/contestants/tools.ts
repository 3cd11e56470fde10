import * as z from 'zod';

/** A tool as every contestant serves it. Schemas are functions, so that a contestant may build them once, or once a request. */
export interface ToolData {
  name: string;
  title: string;
  description: string;
  input: () => z.ZodRawShape;
}

/** All tools answer alike. */
export const output = () => ({
  summary: z.string().describe('What was done, in one sentence'),
  count: z.number().describe('How many arguments were given'),
});

/** The handler of all tools: nothing to wait for, nothing to compute. */
export function handle(name: string, input: Record<string, unknown>) {
  return { summary: `${name} has done its work.`, count: Object.keys(input).length };
}

/** The hints of all tools. */
export const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

const path = () => z.string().describe('Path, absolute or relative to the first allowed directory');
const limit = () => z.number().int().min(1).max(1000).default(100).describe('Most entries to return');
const flag = (text: string) => z.boolean().default(false).describe(text);
const lines = (text: string) => z.number().int().min(1).optional().describe(text);

/** Fifteen tools of the size and kind that a filesystem server has. */
export const tools: readonly ToolData[] = [
  tool('list_roots', 'The directories that may be read, with everything below them.', () => ({})),
  tool('read_file', 'The text of one file, whole or a range of lines. Long files are cut.', () => ({
    path: path(),
    head: lines('Only the first lines'),
    tail: lines('Only the last lines'),
  })),
  tool('read_files', 'The text of several files at once. A file that fails does not stop the others.', () => ({
    paths: z.array(path()).min(1).max(100).describe('Files to read'),
  })),
  tool('write_file', 'Creates a file, or replaces it with new content.', () => ({
    path: path(),
    content: z.string().describe('The whole new content'),
    overwrite: flag('Whether an existing file may be replaced'),
  })),
  tool('edit_file', 'Replaces exact pieces of text in one file, and answers with a diff.', () => ({
    path: path(),
    edits: z
      .array(z.object({ oldText: z.string().describe('Exact text to replace'), newText: z.string().describe('Text to put there') }))
      .min(1)
      .describe('Replacements, made in this order'),
    dryRun: flag('Only show the diff'),
  })),
  tool('create_directory', 'Creates a directory, with its parents where they are missing.', () => ({ path: path() })),
  tool('list_directory', 'Names and kinds of what lies directly in a directory.', () => ({
    path: path(),
    sortBy: z.enum(['name', 'size', 'modified']).default('name').describe('Order of the entries'),
    limit: limit(),
  })),
  tool('directory_tree', 'What lies below a directory, as an indented tree.', () => ({
    path: path(),
    depth: z.number().int().min(1).max(20).default(3).describe('Levels to show'),
    exclude: z.array(z.string()).default([]).describe('Globs of names to leave out'),
  })),
  tool('move_file', 'Moves or renames a file or a directory.', () => ({ source: path(), destination: path() })),
  tool('copy_file', 'Copies one file.', () => ({ source: path(), destination: path(), overwrite: flag('Whether to replace') })),
  tool('delete_file', 'Deletes one file. Directories are refused.', () => ({ path: path() })),
  tool('find_files', 'Paths below a directory that match a glob.', () => ({
    path: path(),
    pattern: z.string().min(1).describe('Glob, such as **/*.ts'),
    exclude: z.array(z.string()).default([]).describe('Globs to leave out'),
    limit: limit(),
  })),
  tool('search_text', 'Lines below a directory that match a text or a regular expression.', () => ({
    path: path(),
    query: z.string().min(1).describe('Text to look for'),
    regex: flag('Whether query is a regular expression'),
    context: z.number().int().min(0).max(20).default(0).describe('Lines to show around each match'),
    limit: limit(),
  })),
  tool('file_info', 'Size, times, kind and permissions of a file or a directory.', () => ({ path: path() })),
  tool('hash_file', 'Digest of a file, in hexadecimal.', () => ({
    path: path(),
    algorithm: z.enum(['sha256', 'sha512', 'md5']).default('sha256').describe('Digest to compute'),
  })),
];

function tool(name: string, description: string, input: () => z.ZodRawShape): ToolData {
  const words = name.replaceAll('_', ' ');
  return { name, title: words.charAt(0).toUpperCase() + words.slice(1), description, input };
}
