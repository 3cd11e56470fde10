/** How many tokens of o200k_base there are in what comes over stdin: nobody to compare with, but installed as those are. */
import { text } from 'node:stream/consumers';
import { Tiktoken } from 'js-tiktoken/lite';
import o200k from 'js-tiktoken/ranks/o200k_base';

process.stdout.write(String(new Tiktoken(o200k).encode(await text(process.stdin), [], []).length));
