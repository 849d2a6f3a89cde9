import { z } from 'zod';
import { isUndeliverable } from '../../domain/email-address.js';
import { isPhoneNumber } from '../../domain/phone-number.js';
import { isTimeZone } from '../../domain/time-zone.js';

/** Lower case is the one spelling that is stored and compared. */
export const emailField = z
  .email()
  .max(254)
  .refine(
    (address) => !isUndeliverable(address),
    'The part before the @ or a part of the domain is too long, or ends with a hyphen.',
  )
  .toLowerCase()
  .meta({ example: 'ada@example.com' });

export const phoneField = z
  .string()
  .max(16)
  .refine(isPhoneNumber, 'Must be a phone number in E.164 form, e.g. +14155550123.')
  .meta({ description: 'E.164', example: '+14155550123' });

// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the point.
const noControlCharacters = /^[^\u0000-\u001f\u007f]*$/;

export const fullNameField = z
  .string()
  .max(200)
  .regex(noControlCharacters, 'Must not hold control characters.')
  .trim()
  .min(1)
  .meta({ example: 'Ada Lovelace' });

export const timeZoneField = z
  .string()
  .max(64)
  .refine(isTimeZone, 'Must be a time zone of the IANA database, e.g. Europe/Berlin.')
  .meta({ description: 'IANA; days of limits end at midnight there.', example: 'Europe/Berlin' });
