import { deflateSync } from 'node:zlib';

/** A PDF of these objects, numbered from 1, the first of them its catalog. Readers find the objects themselves. */
function pdf(objects: readonly (string | Buffer)[]): Buffer {
  const parts = objects.flatMap((object, index) => [Buffer.from(`${index + 1} 0 obj `), Buffer.from(object), Buffer.from(' endobj\n')]);
  return Buffer.concat([Buffer.from('%PDF-1.7\n'), ...parts, Buffer.from('trailer <</Root 1 0 R>>\n%%EOF')]);
}

function stream(entries: string, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`<<${entries} /Length ${content.length}>> stream\n`), content, Buffer.from('\nendstream')]);
}

const packed = (content: Buffer, entries = '') => stream(`${entries} /Filter /FlateDecode`, deflateSync(content));
const twicePacked = (content: Buffer, entries = '') =>
  stream(`${entries} /Filter [/FlateDecode /FlateDecode]`, deflateSync(deflateSync(content)));
const catalog = '<</Type /Catalog /Pages 2 0 R>>';
const onePage = '<</Type /Pages /Kids [3 0 R] /Count 1>>';
const page = (resources = '') => `<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources <<${resources}>>>>`;
const font = '<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>';
const SHOW = 'BT /F1 12 Tf 20 100 Td (words) Tj ET\n';

const contentOf = (content: Buffer) => pdf([catalog, onePage, page('/Font <</F1 5 0 R>>'), content, font]);

/** PDFs that a reader pays for. */
export const bombPdfs: Readonly<Record<string, () => Buffer>> = {
  'pdf-small': () => contentOf(packed(Buffer.from(SHOW))),
  'pdf-spaces': () => contentOf(packed(Buffer.alloc(300_000_000, ' '))),
  'pdf-spaces-packed-twice': () => contentOf(twicePacked(Buffer.alloc(300_000_000, ' '))),
  'pdf-text-runs': () => contentOf(packed(Buffer.from(SHOW.repeat(300_000)))),
  'pdf-operators': () => contentOf(packed(Buffer.from('q Q '.repeat(5_000_000)))),
  'pdf-one-string': () => contentOf(packed(Buffer.from(`BT /F1 12 Tf (${'a'.repeat(20_000_000)}) Tj ET`))),
  'pdf-arrays': () => contentOf(packed(Buffer.from(`BT /F1 12 Tf [${'(a) 1 '.repeat(4_000_000)}] TJ ET`))),
  'pdf-objects': () => objectStream(300_000),
  'pdf-image': () =>
    pdf([
      catalog,
      onePage,
      page('/XObject <</I 5 0 R>>'),
      stream('', Buffer.from('q 300 0 0 200 0 0 cm /I Do Q')),
      packed(
        Buffer.alloc(200_000_000),
        '/Type /XObject /Subtype /Image /Width 8000 /Height 8000 /ColorSpace /DeviceRGB /BitsPerComponent 8',
      ),
    ]),
  'pdf-many-pages': () => manyPages(5_000, 60),
  'pdf-font': () =>
    pdf([
      catalog,
      onePage,
      page('/Font <</F1 5 0 R>>'),
      packed(Buffer.from(SHOW)),
      '<</Type /Font /Subtype /TrueType /BaseFont /X /FirstChar 0 /LastChar 1 /Widths [1 1] /FontDescriptor 6 0 R /ToUnicode 8 0 R>>',
      '<</Type /FontDescriptor /FontName /X /Flags 4 /FontFile2 7 0 R>>',
      packed(Buffer.alloc(100_000_000)),
      packed(Buffer.from(`/CIDInit begincmap ${'1 beginbfrange <00> <ff> <0041> endbfrange\n'.repeat(500_000)} endcmap`)),
    ]),
  'pdf-forms': () =>
    pdf([
      catalog,
      onePage,
      page('/XObject <</X 5 0 R>>'),
      packed(Buffer.from('/X Do '.repeat(50_000))),
      stream('/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources <</XObject <</X 6 0 R>>>>', Buffer.from('/X Do '.repeat(1_000))),
      stream('/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources <</Font <</F1 7 0 R>>>>', Buffer.from(SHOW.repeat(100))),
      font,
    ]),
  'pdf-ten-megabytes': () => contentOf(stream('', Buffer.from(SHOW.repeat(9_900_000 / SHOW.length)))),
};

/** All objects but the stream itself are in one, which unpacks to many. */
function objectStream(count: number): Buffer {
  const objects = [
    catalog,
    onePage,
    '<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>>',
    ...Array.from({ length: count }, () => '[1 2 3 4 5 6 7 8]'),
  ];
  let at = 0;
  const offsets = objects.map((object, index) => {
    const line = `${index + 1} ${at}`;
    at += object.length + 1;
    return line;
  });
  const index = `${offsets.join(' ')} `;
  const body = Buffer.from(`${index}${objects.join(' ')}`);
  const number = count + 10;
  const head = Buffer.from('%PDF-1.7\n');
  const holder = Buffer.concat([
    Buffer.from(`${number} 0 obj `),
    packed(body, `/Type /ObjStm /N ${objects.length} /First ${index.length}`),
    Buffer.from(' endobj\n'),
  ]);
  const entry = (type: number, a: number, b: number) => {
    const bytes = Buffer.alloc(7);
    bytes.writeUInt8(type, 0);
    bytes.writeUInt32BE(a, 1);
    bytes.writeUInt16BE(b % 65_536, 5);
    return bytes;
  };
  const rows = [entry(0, 0, 0), ...objects.map((_object, place) => entry(2, number, place))];
  while (rows.length < number) rows.push(entry(0, 0, 0));
  rows.push(entry(1, head.length, 0));
  const xref = Buffer.concat([
    Buffer.from(`${number + 1} 0 obj `),
    packed(Buffer.concat(rows), `/Type /XRef /Size ${rows.length} /W [1 4 2] /Root 1 0 R`),
    Buffer.from(' endobj\n'),
  ]);
  return Buffer.concat([head, holder, xref, Buffer.from(`startxref\n${head.length + holder.length}\n%%EOF`)]);
}

function manyPages(count: number, lines: number): Buffer {
  const pages = Array.from(
    { length: count },
    () => '<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 3 0 R /Resources <</Font <</F1 4 0 R>>>>>>',
  );
  const kids = pages.map((_page, index) => `${index + 5} 0 R`).join(' ');
  return pdf([catalog, `<</Type /Pages /Count ${count} /Kids [${kids}]>>`, packed(Buffer.from(SHOW.repeat(lines))), font, ...pages]);
}
