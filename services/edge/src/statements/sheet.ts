import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import PdfDocument from 'pdfkit';

export type Sheet = PDFKit.PDFDocument;

export const regular = 'regular';
export const bold = 'bold';

// The fonts that every reader has know Western European letters only. These have Greek, Cyrillic, Arabic and more; a
// letter that they lack, such as a Chinese one, is printed as an empty box.
const fonts = { [regular]: 'DejaVuSans.ttf', [bold]: 'DejaVuSans-Bold.ttf' };
let fontFiles: readonly (readonly [string, Buffer])[] | undefined;

function readFonts(): readonly (readonly [string, Buffer])[] {
  const { resolve } = createRequire(import.meta.url);
  fontFiles ??= Object.entries(fonts).map(
    ([name, file]) => [name, readFileSync(resolve(`dejavu-fonts-ttf/ttf/${file}`))] as const,
  );
  return fontFiles;
}

/** An empty A4 document whose pages stay open until `sheetBytes`. Only the letters used are embedded. */
export function createSheet(about: {
  readonly title: string;
  readonly author: string;
  readonly createdAt: Date;
}): Sheet {
  const sheet = new PdfDocument({
    size: 'A4',
    margin: 0,
    bufferPages: true,
    lang: 'en',
    displayTitle: true,
    info: { Title: about.title, Author: about.author, CreationDate: about.createdAt },
  });
  for (const [name, bytes] of readFonts()) sheet.registerFont(name, bytes);
  return sheet;
}

/** Ends the document. */
export async function sheetBytes(sheet: Sheet): Promise<Buffer> {
  const chunks: Buffer[] = [];
  sheet.end();
  for await (const chunk of sheet) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
