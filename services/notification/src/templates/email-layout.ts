import type { EmailContent } from './template.js';

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Makes text from outside, names above all, harmless inside HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => entities[char]!);
}

export interface EmailParts {
  readonly fullName: string;
  readonly paragraphs: readonly string[];
  /** Lines of a small table: label and value. */
  readonly facts?: readonly (readonly [string, string])[];
  readonly link?: { readonly label: string; readonly url: string };
}

/** The same letter twice: as plain text, with a link on a line of its own, and as simple HTML. */
export function layOut({ fullName, paragraphs, facts = [], link }: EmailParts): EmailContent {
  const greeting = `Hello ${fullName},`;
  const text = [
    greeting,
    ...paragraphs,
    ...(facts.length > 0 ? [facts.map(([label, value]) => `${label}: ${value}`).join('\n')] : []),
    ...(link ? [`${link.label}:\n${link.url}`] : []),
    'Florin',
  ].join('\n\n');
  const rows = facts.map(
    ([label, value]) => `<tr><th align="left">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  const html = [
    '<!doctype html><html lang="en"><body style="font-family:sans-serif">',
    `<p>${escapeHtml(greeting)}</p>`,
    ...paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
    ...(rows.length > 0 ? [`<table cellpadding="4">${rows.join('')}</table>`] : []),
    ...(link ? [`<p><a href="${escapeHtml(link.url)}">${escapeHtml(link.label)}</a></p>`] : []),
    '<p>Florin</p></body></html>',
  ].join('\n');
  return { text, html };
}
