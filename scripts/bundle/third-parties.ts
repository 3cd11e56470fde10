import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';

/** A package that a bundle holds something of, and the terms on which it may. */
export interface ThirdParty {
  readonly name: string;
  readonly version: string;
  /** SPDX identifier. */
  readonly licence: string;
  readonly text: string;
}

/**
 * Licences that let a bundle be passed on under ours, with their text beside it. Not MPL-2.0: files under it would have to be offered as
 * source, and a bundle has no files.
 */
const ALLOWED = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  '0BSD',
  'Unlicense',
  'CC0-1.0',
]);

/**
 * Packages under MIT that come without its text: without any, or because another package has them built in, which npm then does not know
 * of. With whose the copyright is. A version is part of the name: the next one may bring a text, or other terms.
 */
const HOLDERS: Readonly<Record<string, string>> = {
  '@cfworker/json-schema@4.1.1': 'Jeremy Danyow',
  '@nodable/entities@3.1.0': 'Amit Gupta',
  'content-type@1.0.5': '2015 Douglas Christopher Wilson',
};

const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;
const LICENCE_SECTION = /^#+ *licen[cs]e\s*$([\s\S]*)/im;
const PACKAGE_FOLDER = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
/** What the bundler of another package leaves where it has put a third one. */
const BUILT_IN = /^\/\/#region .*node_modules\/\.pnpm\/((?:@[^+/]+\+)?[^@/]+)@([^/_(]+)/gm;

/** The packages that something of is in the bundle, by name. Throws if one of them may not be, or has no text of its licence. */
export function thirdParties({ outputs }: Metafile, folder: string): readonly ThirdParty[] {
  const found = new Map<string, ThirdParty>();
  const used = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0));
  for (const path of new Set(used.map(([input]) => input))) {
    const home = PACKAGE_FOLDER.exec(path)?.[0];
    if (home === undefined) continue;
    const all = [installed(resolve(folder, home)), ...builtIn(resolve(folder, path))];
    for (const party of all) found.set(`${party.name}@${party.version}`, party);
  }
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** All of them with their terms, as one text. */
export function licenceList(parties: readonly ThirdParty[]): string {
  const head = 'This program contains the packages below, each under its own licence.';
  return [head, ...parties.map(({ name, version, licence, text }) => `==== ${name} ${version} (${licence})\n\n${text}`)]
    .join('\n\n\n')
    .concat('\n');
}

const known = new Map<string, ThirdParty>();

/** Read once: a package has up to fifty modules in a bundle. */
function installed(home: string): ThirdParty {
  const party = known.get(home) ?? readParty(home);
  known.set(home, party);
  return party;
}

function readParty(home: string): ThirdParty {
  const { name, version, license } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const key = `${name}@${version}`;
  if (!isAllowed(license))
    throw new Error(`${key} is bundled, and its licence ${license} is not among ALLOWED in scripts/bundle/third-parties.ts`);
  return { name, version, licence: license, text: textIn(home) ?? standardText(key) };
}

/** "(MIT OR GPL-3.0)" leaves the choice to us. */
function isAllowed(licence: unknown): boolean {
  return (
    typeof licence === 'string' &&
    licence
      .replace(/^\(|\)$/g, '')
      .split(' OR ')
      .some((each) => ALLOWED.has(each))
  );
}

function textIn(home: string): string | undefined {
  const files = readdirSync(home).filter((file) => LICENCE_FILE.test(file));
  if (files.some((file) => !/^notice/i.test(file))) return files.map((file) => readFileSync(join(home, file), 'utf8').trim()).join('\n\n');
  const readme = readdirSync(home).find((file) => /^readme\b/i.test(file));
  const section = readme && LICENCE_SECTION.exec(readFileSync(join(home, readme), 'utf8'))?.[1]?.trim();
  return section?.includes('Permission is hereby granted') ? section : undefined;
}

function builtIn(path: string): ThirdParty[] {
  return [...readFileSync(path, 'utf8').matchAll(BUILT_IN)].map(([, folder = '', version = '']) => {
    const name = folder.replace('+', '/');
    return { name, version, licence: 'MIT', text: standardText(`${name}@${version}`) };
  });
}

function standardText(key: string): string {
  const holder = HOLDERS[key];
  if (holder === undefined)
    throw new Error(`${key} is bundled, and comes without the text of its licence: see HOLDERS in scripts/bundle/third-parties.ts`);
  return MIT.replace('{holder}', holder);
}

const MIT = `The MIT License (MIT)

Copyright (c) {holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the
following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY
CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE
SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
