import { inflateSync } from 'node:zlib';

interface PdfObject {
  readonly dictionary: string;
  readonly stream: Buffer | undefined;
}

/**
 * The text of each page of a PDF, as a reader that copies it would get it: glyph numbers are turned into letters by the
 * ToUnicode maps of the embedded fonts (ISO 32000-1, 9.10.3). Knows no more of the format than pdfkit uses.
 */
export function pdfText(file: Buffer): string[] {
  const objects = readObjects(file);
  const pages = [...objects.values()].filter(({ dictionary }) => /\/Type \/Page\b/.test(dictionary));
  return pages.map((page) => {
    const resources = resolve(objects, page.dictionary, 'Resources');
    const fonts = new Map<string, ReadonlyMap<number, string>>();
    for (const [, name, number] of resources.dictionary.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const font = objects.get(Number(number))!;
      fonts.set(name!, lettersOf(resolve(objects, font.dictionary, 'ToUnicode').stream!.toString('latin1')));
    }
    return textOf(resolve(objects, page.dictionary, 'Contents').stream!.toString('latin1'), fonts);
  });
}

function readObjects(file: Buffer): ReadonlyMap<number, PdfObject> {
  const text = file.toString('latin1');
  const objects = new Map<number, PdfObject>();
  for (const match of text.matchAll(/(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const [, number, body = ''] = match;
    const start = body.indexOf('stream\n');
    const dictionary = start < 0 ? body : body.slice(0, start);
    const bytes =
      start < 0 ? undefined : Buffer.from(body.slice(start + 7, body.lastIndexOf('\nendstream')), 'latin1');
    const stream = bytes && (dictionary.includes('/FlateDecode') ? inflateSync(bytes) : bytes);
    objects.set(Number(number), { dictionary, stream });
  }
  return objects;
}

function resolve(objects: ReadonlyMap<number, PdfObject>, dictionary: string, key: string): PdfObject {
  const number = new RegExp(`/${key} (\\d+) 0 R`).exec(dictionary)?.[1];
  const object = objects.get(Number(number));
  if (!object) throw new Error(`no ${key} in ${dictionary}`);
  return object;
}

/** Letters by glyph number. pdfkit writes ranges `<first> <last> [<letters> …]`; a ligature has several, with spaces between. */
function lettersOf(map: string): ReadonlyMap<number, string> {
  const letters = new Map<number, string>();
  for (const [, first, list = ''] of map.matchAll(/<([0-9a-f]+)> <[0-9a-f]+> \[([^\]]*)\]/gi)) {
    for (const [i, [, hex = '']] of [...list.matchAll(/<([0-9a-f ]*)>/gi)].entries()) {
      const units = Buffer.from(hex.replaceAll(' ', ''), 'hex');
      letters.set(Number.parseInt(first!, 16) + i, units.swap16().toString('utf16le'));
    }
  }
  return letters;
}

/** Every piece of text on a line of its own, in the order it was drawn. */
function textOf(content: string, fonts: ReadonlyMap<string, ReadonlyMap<number, string>>): string {
  let font: ReadonlyMap<number, string> = new Map();
  const lines: string[] = [];
  for (const [, name, pieces] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
    if (name) font = fonts.get(name)!;
    const glyphs = [...(pieces ?? '').matchAll(/<([0-9a-f]+)>/gi)].flatMap(
      ([, hex = '']) => hex.match(/.{4}/g) ?? [],
    );
    if (pieces !== undefined)
      lines.push(glyphs.map((glyph) => font.get(Number.parseInt(glyph, 16)) ?? '?').join(''));
  }
  return lines.join('\n');
}
