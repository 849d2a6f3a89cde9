import { readFileSync } from 'node:fs';
import { contextOf } from '@florin/http';
import type { Express } from 'express';

/** The few addresses that people open in a browser; no part of the REST API. */
const pages: Readonly<Record<string, string>> = {
  '/verify-email': 'verify-email.html',
  '/verify-email.css': 'verify-email.css',
  '/verify-email.js': 'verify-email.js',
  '/reset-password': 'reset-password.html',
  '/reset-password.js': 'reset-password.js',
};

/**
 * Serves the pages that mails link to, and leads from `/` to the documentation. Opening a page changes nothing, because
 * scanners of mail follow links too: its button sends the token.
 */
export function mountPages(app: Express): void {
  app.get('/', (_request, response) => {
    contextOf(response).route = '/';
    response.redirect('/docs');
  });
  for (const [path, file] of Object.entries(pages)) {
    const content = readFileSync(new URL(`../pages/${file}`, import.meta.url));
    app.get(path, (_request, response) => {
      contextOf(response).route = path;
      // The address of the page holds the token: no cache on the way may keep it.
      response.setHeader('Cache-Control', 'no-store');
      response.type(file).send(content);
    });
  }
}
