import { z } from 'zod';
import { isDay } from './dates.ts';

/** How documents write what they all write: each is text, so that no reader makes a float of it. */
export const decimalText = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .describe('A decimal in plain digits');

export const dayText = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .refine(isDay)
  .describe('A day in UTC, YYYY-MM-DD');

export const momentText = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/)
  .describe('RFC 3339, UTC');

export const sha256Text = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256, hexadecimal');

export const id = z.string().min(1);
export const count = z.int().min(0);
