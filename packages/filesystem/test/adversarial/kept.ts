/** What an edit or a write does to the bytes of one file: none but those that were named may change. */
export type KeptRow = readonly [
  id: string,
  before: string | Uint8Array,
  tool: 'edit_file' | 'write_file',
  args: Readonly<Record<string, unknown>>,
  after: string | Uint8Array | 'refused',
  why: string,
];

const edits = (oldText: string, newText: string, more: object = {}) => ({ edits: [{ oldText, newText, ...more }] });
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

/** Files that broke, or could break, servers of this kind. */
export const keptRows: readonly KeptRow[] = [
  ['FS-069', latin1('t\u00f6ne one'), 'edit_file', edits('one', 'x'), 'refused', 'Latin-1 is refused rather than destroyed'],
  ['FS-069', Buffer.from('61ff0a', 'hex'), 'edit_file', edits('a', 'b'), 'refused', 'a byte that is in no UTF-8'],
  ['FS-069', Buffer.from('edb0800a61', 'hex'), 'edit_file', edits('a', 'b'), 'refused', 'half a surrogate pair in bytes'],
  ['FS-070', '\ufeffone\n', 'edit_file', edits('one', 'two'), '\ufefftwo\n', 'the byte order mark stays'],
  ['FS-070', '\ufeffone\n', 'edit_file', edits('\ufeffone', 'two'), 'refused', 'and is no part of the text'],
  ['FS-070', utf16('one'), 'edit_file', edits('one', 'x'), 'refused', 'UTF-16 is refused by name'],
  ['FS-133', 'a b', 'edit_file', edits('b', "$& $' $` $$ $1 $<x> \\0"), "a $& $' $` $$ $1 $<x> \\0", 'signs of String.replace'],
  ['FS-133', 'a.b aXb', 'edit_file', edits('a.b', 'x'), 'x aXb', 'no regular expression'],
  ['FS-134', 'a\r\nb\r\nc\r\n', 'edit_file', edits('b', 'x\ny'), 'a\r\nx\r\ny\r\nc\r\n', 'new lines end as those around them'],
  ['FS-134', 'a\r\nb\nc\r\n', 'edit_file', edits('c', 'x'), 'a\r\nb\nx\r\n', 'the only bare line feed stays'],
  ['FS-134', 'a\r\nb\r\n', 'edit_file', edits('a\nb', 'x\ny'), 'x\r\ny\r\n', 'a model that writes only line feeds'],
  ['FS-134', 'a\rb\rc', 'edit_file', edits('b', 'x'), 'a\rx\rc', 'carriage returns alone'],
  ['FS-134', 'no end', 'edit_file', edits('end', 'END'), 'no END', 'no line end at the end'],
  ['FS-135', 'if x:\n\treturn 1\n', 'edit_file', edits('    return 1', '    return 2'), 'refused', 'a tab is no space'],
  ['FS-135', 'all:\n\tcc -o x\n', 'edit_file', edits('all:\n  cc', 'all:\n  gcc'), 'refused', 'a Makefile would be broken'],
  ['FS-135', 'a  b\n', 'edit_file', edits('a b', 'x'), 'refused', 'two spaces are not one'],
  ['FS-135', 'if x:\n\treturn 1\n', 'edit_file', edits('\treturn 1', '\treturn 2'), 'if x:\n\treturn 2\n', 'exactly as it is'],
  ['FS-013', 'a', 'edit_file', edits('a', '\ud800'), 'refused', 'half a surrogate pair to write'],
  ['FS-013', 'a\u{1f600}b', 'edit_file', edits('\ud83d', 'x'), 'refused', 'half of a pair to look for: it would be torn'],
  ['FS-013', 'a\u{1f600}b', 'edit_file', edits('\ude00b', 'x'), 'refused', 'the other half'],
  [
    'FS-136',
    'one',
    'edit_file',
    {
      edits: [
        { oldText: 'one', newText: 'two' },
        { oldText: 'two', newText: 'three' },
      ],
    },
    'three',
    'an edit of what another has written',
  ],
  [
    'FS-136',
    'one',
    'edit_file',
    {
      edits: [
        { oldText: 'one', newText: 'two' },
        { oldText: 'one', newText: 'x' },
      ],
    },
    'refused',
    'an edit of what another has taken away',
  ],
  ['FS-131', 'a a', 'edit_file', edits('a', 'b', { replaceAll: true }), 'b b', 'all of them, on request'],
  ['FS-131', 'aaa', 'edit_file', edits('aa', 'b'), 'refused', 'two that overlap'],
  ['FS-132', '', 'edit_file', edits('', 'x'), 'refused', 'nothing in nothing'],
  ['FS-138', 'one', 'edit_file', { ...edits('one', 'x'), dryRun: true }, 'one', 'a dry run'],
  ['FS-130', 'one', 'edit_file', edits('One', 'x'), 'refused', 'another case'],
  ['FS-130', 'caf\u00e9', 'edit_file', edits('cafe\u0301', 'x'), 'refused', 'another form of Unicode'],
  ['FS-070', 'old', 'write_file', { content: '\ufeffnew\r\n' }, '\ufeffnew\r\n', 'what is written is written as it is'],
  [
    'FS-069',
    latin1('t\u00f6ne'),
    'write_file',
    { content: 'x', mode: 'append' },
    Buffer.concat([latin1('t\u00f6ne'), Buffer.from('x')]),
    'appending keeps every byte',
  ],
  ['FS-138', 'old', 'write_file', { content: '' }, '', 'an empty file is a file'],
];
