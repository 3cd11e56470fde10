import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { peerPath } from './peers.ts';

const counted = new Map<string, number>();

/** Tokens of o200k_base in a text; undefined where the tokenizer is not installed. */
export function tokensIn(text: string): number | undefined {
  if (!existsSync(peerPath('node_modules/js-tiktoken/package.json'))) return undefined;
  const tokens = counted.get(text) ?? Number(execFileSync(process.execPath, [peerPath('tokens.mjs')], { input: text, encoding: 'utf8' }));
  counted.set(text, tokens);
  return tokens;
}
