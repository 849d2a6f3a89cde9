import { setImmediate as nextTurn } from 'node:timers/promises';
import { formatMoney, groupedAmount } from '@florin/contracts';
import type { StatementItem } from '../domain/statement-csv.js';
import type { StatementDocument } from '../domain/statement-document.js';
import { bold, createSheet, regular, type Sheet, sheetBytes } from './sheet.js';

const left = 50;
const right = 545;
/** Below it is the footer. */
const bottom = 770;
const ink = '#1a1a1a';
const grey = '#666666';
const shade = '#f2f4f7';
const rule = '#c8ccd2';
const rowPadding = 4;
const textSize = 8;
/** Drawn in one turn of the event loop: other requests are served between. */
const rowsPerTurn = 100;

interface Column {
  readonly title: string;
  readonly x: number;
  readonly width: number;
  readonly align: 'left' | 'right';
}
const columns = {
  date: { title: 'Date', x: left + 6, width: 62, align: 'left' },
  description: { title: 'Description', x: left + 74, width: 175, align: 'left' },
  debit: { title: 'Debit', x: left + 253, width: 72, align: 'right' },
  credit: { title: 'Credit', x: left + 329, width: 72, align: 'right' },
  balance: { title: 'Balance', x: left + 405, width: 84, align: 'right' },
} as const satisfies Record<string, Column>;
type Row = Readonly<Partial<Record<keyof typeof columns, string>>>;

/** The statement as a PDF of A4 pages: header, account, table with running balance, totals, page numbers. */
export async function statementPdf(document: StatementDocument): Promise<Buffer> {
  const sheet = createSheet({
    title: `Account statement ${document.period}`,
    author: document.institution,
    createdAt: document.generatedAt,
  });
  drawHeader(sheet, document);
  drawSummary(sheet, document);
  drawTableHead(sheet);
  drawRow(sheet, { description: 'Opening balance', balance: money(document, document.openingBalance) }, true);
  for (const [i, item] of document.items.entries()) {
    if (i > 0 && i % rowsPerTurn === 0) await nextTurn();
    drawRow(sheet, rowOf(document, item), false);
  }
  drawRow(
    sheet,
    {
      description: document.isContinued ? 'Carried forward' : 'Closing balance',
      debit: money(document, document.totalDebits),
      credit: money(document, document.totalCredits),
      balance: money(document, document.closingBalance),
    },
    true,
  );
  drawFooters(sheet, document);
  return sheetBytes(sheet);
}

function rowOf(document: StatementDocument, item: StatementItem): Row {
  const amount = money(document, Math.abs(item.amount));
  return {
    date: item.postedAt.slice(0, 10),
    description: item.description,
    ...(item.amount < 0 ? { debit: amount } : { credit: amount }),
    balance: money(document, item.runningBalance),
  };
}

function money(document: StatementDocument, amountMinor: number): string {
  return groupedAmount(amountMinor, document.wallet.currency);
}

function drawHeader(sheet: Sheet, document: StatementDocument): void {
  const { holder, institution, period, wallet, generatedAt } = document;
  sheet
    .font(bold)
    .fontSize(18)
    .fillColor(ink)
    .text(institution, left, 50, { width: 240, height: 22, ellipsis: true });
  sheet
    .font(regular)
    .fontSize(13)
    .fillColor(grey)
    .text('Account statement', 300, 54, { width: right - 300, align: 'right' });
  sheet.moveTo(left, 82).lineTo(right, 82).lineWidth(1).strokeColor(ink).stroke();

  sheet.font(regular).fontSize(8).fillColor(grey).text('Account holder', left, 98);
  sheet
    .font(bold)
    .fontSize(11)
    .fillColor(ink)
    .text(holder, left, 110, { width: 220, height: 30, ellipsis: true });
  const facts: [string, string][] = [
    ['Wallet', wallet.name],
    ['Number', wallet.id],
    ['Type', wallet.type],
    ['Currency', wallet.currency],
    ['Period', `${period} (UTC)`],
    ['Issued', `${generatedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`],
  ];
  for (const [i, [name, value]] of facts.entries()) {
    const y = 98 + i * 14;
    sheet.font(regular).fontSize(8).fillColor(grey).text(name, 290, y, { width: 50 });
    sheet.fillColor(ink).text(value, 342, y, { width: right - 342, height: 12, ellipsis: true });
  }
}

function drawSummary(sheet: Sheet, document: StatementDocument): void {
  const { currency } = document.wallet;
  const boxes: [string, number][] = [
    ['Opening balance', document.openingBalance],
    ['Money in', document.totalCredits],
    ['Money out', -document.totalDebits],
    [document.isContinued ? 'Carried forward' : 'Closing balance', document.closingBalance],
  ];
  const width = (right - left) / boxes.length;
  sheet.rect(left, 198, right - left, 44).fill(shade);
  for (const [i, [name, amount]] of boxes.entries()) {
    const options = { width: width - 12, height: 14, ellipsis: true };
    const x = left + i * width + 8;
    sheet.font(regular).fontSize(8).fillColor(grey).text(name, x, 206, options);
    const text = formatMoney(amount, currency);
    sheet.font(bold).fillColor(ink);
    shrinkToFit(sheet, text, 9.5, width - 12);
    sheet.text(text, x, 220, { lineBreak: false });
  }
  sheet.y = 262;
}

function drawTableHead(sheet: Sheet): void {
  const { y } = sheet;
  sheet.rect(left, y, right - left, 18).fill(ink);
  sheet.font(bold).fontSize(8);
  for (const { title, x, width, align } of Object.values(columns)) {
    sheet.fillColor('#ffffff').text(title, x, y + 5, { width, align, lineBreak: false });
  }
  sheet.y = y + 18;
}

/** A description takes two lines at most; a row is never torn between pages. */
function drawRow(sheet: Sheet, row: Row, isStrong: boolean): void {
  sheet.font(isStrong ? bold : regular).fontSize(textSize);
  const line = sheet.currentLineHeight(true);
  const description = row.description ?? '';
  const wrapped = sheet.heightOfString(description || ' ', { width: columns.description.width });
  const textHeight = Math.min(wrapped, 2 * line + 0.5);
  const height = textHeight + 2 * rowPadding;
  if (sheet.y + height > bottom) {
    sheet.addPage();
    sheet.y = 50;
    drawTableHead(sheet);
    sheet.font(isStrong ? bold : regular).fontSize(textSize);
  }
  const { y } = sheet;
  if (isStrong) sheet.rect(left, y, right - left, height).fill(shade);
  for (const [name, column] of Object.entries(columns)) {
    const text = row[name as keyof Row];
    if (text === undefined) continue;
    const { x, width, align } = column;
    sheet.fillColor(ink);
    if (name === 'description') {
      sheet.text(text, x, y + rowPadding, { width, height: textHeight, ellipsis: true });
    } else {
      shrinkToFit(sheet, text, textSize, width);
      sheet.text(text, x, y + rowPadding, { width, align, lineBreak: false });
      sheet.fontSize(textSize);
    }
  }
  sheet
    .moveTo(left, y + height)
    .lineTo(right, y + height)
    .lineWidth(0.5)
    .strokeColor(rule)
    .stroke();
  sheet.y = y + height;
}

/** The largest amounts get smaller letters: an amount is never cut. */
function shrinkToFit(sheet: Sheet, text: string, size: number, width: number): void {
  sheet.fontSize(size);
  const needed = sheet.widthOfString(text);
  if (needed > width) sheet.fontSize((size * width) / needed);
}

/** Drawn last, when the number of pages is known. */
function drawFooters(sheet: Sheet, document: StatementDocument): void {
  const { start, count } = sheet.bufferedPageRange();
  const note = document.isContinued
    ? 'More entries of the period follow in the next document.'
    : 'End of the statement.';
  for (let page = start; page < start + count; page++) {
    sheet.switchToPage(page);
    const isLast = page === start + count - 1;
    const options = { lineBreak: false } as const;
    sheet.font(regular).fontSize(7).fillColor(grey);
    sheet.text(
      `${document.institution} · ${document.wallet.id}${isLast ? ` · ${note}` : ''}`,
      left,
      795,
      options,
    );
    sheet.text(`Page ${page - start + 1} of ${count}`, right - 100, 795, {
      width: 100,
      align: 'right',
      ...options,
    });
  }
}
