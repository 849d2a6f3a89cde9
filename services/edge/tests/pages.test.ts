import { runInNewContext } from 'node:vm';
import { createApp, type HttpServer, listen } from '@florin/http';
import { createLogger, createMetrics } from '@florin/observability';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { edgeOpenApiDocument } from '../src/open-api.js';
import { mountPages } from '../src/pages.js';
import { IdentityFixture } from './identity-fixture.js';

let edge: IdentityFixture;
beforeAll(async () => {
  edge = await IdentityFixture.create();
});
afterAll(() => edge.close());

/** What the script of the page touches in a browser. */
class OpenPage {
  readonly button = {
    hidden: false,
    disabled: false,
    addEventListener: (_event: string, listener: () => Promise<void>): void => {
      this.press = listener;
    },
  };
  readonly status = { textContent: '', focus: (): void => undefined };
  readonly input = { value: '' };
  readonly form = {
    hidden: false,
    addEventListener: (_event: string, listener: (event: object) => Promise<void>): void => {
      this.press = () => listener({ preventDefault: () => undefined });
    },
  };
  press: (() => Promise<void>) | undefined;
  private readonly elements: Readonly<Record<string, object>> = {
    button: this.button,
    form: this.form,
    input: this.input,
  };
  /** The address as the browser shows it. */
  address: string;

  constructor(script: string, address: string) {
    this.address = address;
    const { pathname, search } = new URL(address);
    runInNewContext(script, {
      URLSearchParams,
      location: { pathname, search },
      history: {
        replaceState: (_state: unknown, _title: string, path: string) => {
          this.address = new URL(path, address).href;
        },
      },
      document: {
        querySelector: (selector: string) => this.elements[selector] ?? this.status,
      },
      fetch: (path: string, init: RequestInit) => fetch(new URL(path, address), init),
    });
  }
}

/** Follows the link of the mail, as a browser does. */
async function open(query: string, path = '/verify-email'): Promise<OpenPage> {
  const address = `${edge.url}${path}${query}`;
  const html = await (await fetch(address)).text();
  const [, source] = /<script src="([^"]+)" defer><\/script>/.exec(html) ?? [];
  const script = await fetch(new URL(source!, address));
  expect(script.headers.get('content-type')).toMatch(/^text\/javascript/);
  return new OpenPage(await script.text(), address);
}

async function statusOf(customerId: string): Promise<string> {
  const { rows } = await edge.pool.query('SELECT status FROM customers WHERE id = $1', [customerId]);
  return rows[0].status;
}

describe.each(['/verify-email', '/reset-password'])('the page %s', (path) => {
  test('is HTML that the security headers let work and keep to itself', async () => {
    const response = await fetch(`${edge.url}${path}?token=secret`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self';");
    const html = await response.text();
    expect(html).not.toContain('secret');
    expect(html).not.toMatch(/<script(?! src=)|<style|\son\w+=/);
    for (const [, file] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
      expect([file, (await fetch(edge.url + file)).status]).toEqual([file, 200]);
    }
  });

  test('is no part of the REST API', () => {
    expect(Object.keys(edgeOpenApiDocument().paths ?? {})).not.toContain(path);
  });
});

describe('the page behind the link of the verification mail', () => {
  test('confirms the address by its button, not by being opened', async () => {
    const { id } = await edge.register();
    const page = await open(`?token=${encodeURIComponent(await edge.verificationToken(id))}`);
    expect(await statusOf(id)).toBe('pending_verification');
    await page.press!();
    expect(page.status.textContent).toContain('Your email address is confirmed.');
    expect(page.button.hidden).toBe(true);
    expect(page.address).toBe(`${edge.url}/verify-email`);
    expect(await statusOf(id)).toBe('active');
  });

  test('says that a link is not valid, has expired or is incomplete', async () => {
    const unknown = await open('?token=unknown');
    await unknown.press!();
    expect(unknown.status.textContent).toContain('not valid');
    const incomplete = await open('');
    expect(incomplete.press).toBeUndefined();
    expect(incomplete.status.textContent).toContain('incomplete');
    const { id } = await edge.register();
    const late = await open(`?token=${encodeURIComponent(await edge.verificationToken(id))}`);
    edge.advanceClock(24 * 3_600_000);
    await late.press!();
    expect(late.status.textContent).toContain('expired');
  });

  test('can be pressed again when Florin is away', async () => {
    const away = new OpenPage(
      await (await fetch(`${edge.url}/verify-email.js`)).text(),
      'http://127.0.0.1:1/verify-email?token=any',
    );
    await away.press!();
    expect(away.status.textContent).toContain('could not be reached');
    expect(away.button).toMatchObject({ hidden: false, disabled: false });
  });
});

describe('the page behind the link of the mail that resets the password', () => {
  const path = '/reset-password';

  test('sets a strong password once, by its form', async () => {
    const ada = await edge.registerAndVerify();
    await edge.call('POST', '/v1/customers/password-reset', { body: { email: ada.email } });
    const query = `?token=${encodeURIComponent(await edge.resetToken(ada.id))}`;
    const page = await open(query, path);
    page.input.value = 'too short';
    await page.press!();
    expect(page.status.textContent).toContain('must have at least 12 characters');
    expect([page.form.hidden, page.button.disabled]).toEqual([false, false]);
    page.input.value = 'Difference-Engine-1822';
    await page.press!();
    expect(page.status.textContent).toContain('Your password is set');
    expect([page.form.hidden, page.address]).toEqual([true, `${edge.url}${path}`]);
    await edge.signIn({ ...ada, password: page.input.value });
    const again = await open(query, path);
    again.input.value = 'Difference-Engine-1823';
    await again.press!();
    expect(again.status.textContent).toContain('does not work any more');
  });

  test('says that a link is not valid or incomplete', async () => {
    const unknown = await open('?token=unknown', path);
    unknown.input.value = 'Difference-Engine-1822';
    await unknown.press!();
    expect(unknown.status.textContent).toContain('not valid');
    expect((await open('', path)).status.textContent).toContain('incomplete');
  });
});

test('/ leads to the documentation', async () => {
  const response = await fetch(`${edge.url}/`, { redirect: 'manual' });
  expect([response.status, response.headers.get('location')]).toEqual([302, '/docs']);
  const docs = await fetch(`${edge.url}/`);
  expect([docs.status, docs.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
});

describe('the log', () => {
  const lines: string[] = [];
  let server: HttpServer;
  beforeAll(async () => {
    const note = (...line: unknown[]): void => {
      lines.push(JSON.stringify(line));
    };
    const logger = createLogger({ service: 'test', level: 'silent' });
    Object.assign(logger, { info: note, warn: note, error: note });
    const app = createApp({ logger, metrics: createMetrics('test'), isReady: () => true, mount: mountPages });
    server = await listen(app, { host: '127.0.0.1', port: 0 });
  });
  afterAll(() => server.close());

  test('names the page, never the token', async () => {
    await (await fetch(`${server.url}/verify-email?token=secret`)).text();
    await (await fetch(`${server.url}/verify-email/nowhere?token=secret`)).text();
    await server.close();
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('"route":"/verify-email"');
    expect(lines.join()).not.toContain('secret');
  });
});
