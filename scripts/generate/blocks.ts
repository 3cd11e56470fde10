import { extname } from 'node:path';

const BLOCK = /^(<!-- generated:(.*?) -->\n)(?:(?!<!-- generated:)[\s\S])*?^(<!-- \/generated -->)$/gm;
const OPENING = /^<!-- generated:/gm;
const LANGUAGES: Readonly<Record<string, string>> = { '.ts': 'ts', '.mjs': 'js', '.json': 'json', '.sh': 'sh' };

/** The text of a file with what stands between lines `<!-- generated:NAME -->` and `<!-- /generated -->` replaced by what `contentOf(NAME)` says. */
export function fillBlocks(path: string, text: string, contentOf: (name: string) => string): string {
  let filled = 0;
  const result = text.replace(BLOCK, (_block, opening: string, name: string, closing: string) => {
    filled += 1;
    return `${opening}\n${contentOf(name)}\n\n${closing}`;
  });
  if (filled !== (text.match(OPENING) ?? []).length)
    throw new Error(`${path}: a generated block has no end. Write <!-- /generated --> below it`);
  return result;
}

/** The names of the blocks in a text. */
export function blocksIn(text: string): string[] {
  return [...text.matchAll(BLOCK)].map(([, , name = '']) => name);
}

/** The block `code PATH` or `code PATH #REGION`: the file, or what stands in it between `// #region REGION` and `// #endregion`. */
export function codeBlock(name: string, read: (path: string) => string): string {
  const [, path = '', region] = name.split(' ');
  const source = read(path);
  const code = region === undefined ? source : regionOf(source, region.replace(/^#/, ''), path);
  return `\`\`\`${LANGUAGES[extname(path)] ?? ''}\n${code.trim()}\n\`\`\``;
}

function regionOf(source: string, region: string, path: string): string {
  const lines = source.split('\n');
  const start = lines.findIndex((line) => line.trim() === `// #region ${region}`);
  const length = lines.slice(start + 1).findIndex((line) => line.trim() === '// #endregion');
  if (start === -1 || length === -1) throw new Error(`${path} has no "// #region ${region}" that ends with "// #endregion"`);
  const inside = lines.slice(start + 1, start + 1 + length);
  const indent = Math.min(...inside.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return inside.map((line) => line.slice(indent)).join('\n');
}
