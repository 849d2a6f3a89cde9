import { describe, expect, test } from '@jest/globals';
import { render } from './catalogue.js';

const delivery = { secret: 's3cret/+', publicUrl: 'https://florin.example/' };

describe('a template', () => {
  test('given a name with markup, escapes it in HTML and leaves it in text', () => {
    const mail = render('verify-email', { fullName: '<b>Eve</b>' }, delivery);
    expect(mail).toMatchObject({
      channel: 'email',
      content: {
        text: expect.stringContaining('Hello <b>Eve</b>,'),
        html: expect.stringContaining('Hello &lt;b&gt;Eve&lt;/b&gt;,'),
      },
    });
  });

  test.each(['verify-email', 'reset-password'])(
    '%s, given a secret, ends the link with it, encoded',
    (name) => {
      const mail = render(name, { fullName: 'Eve' }, delivery);
      expect(mail?.content).toMatchObject({
        text: expect.stringContaining(`\nhttps://florin.example/${name}?token=s3cret%2F%2B\n`),
      });
    },
  );

  test('given more movements than it lists, says where the others are', () => {
    const line = { kind: 'sent', amount: 1_050, currency: 'USD', counterparty: 'Bob' };
    const mail = render('movements', { fullName: 'Ada', count: 70, lines: [line, line] }, delivery);
    expect(mail).toMatchObject({
      content: {
        subject: '70 movements in your wallets',
        text: expect.stringMatching(/the first 2 of 70.*Sent: 10\.50 USD, to Bob\nSent:/s),
      },
    });
  });

  test('given parameters that do not fit, throws', () => {
    expect(() => render('card-issued', { fullName: 'Eve' }, delivery)).toThrow();
  });

  test('given an unknown name, is not there', () => {
    expect(render('none', {}, delivery)).toBeUndefined();
  });
});
