// Checks of texts (LANGUAGE.md 4.24). Null: no such check.

import { bool, double, type TermValue, utf8 } from './values.ts';

export function check(fn: string, text: string): TermValue | null {
  switch (fn) {
    case 'entropy':
      return double(entropy(utf8(text)));
    case 'luhn':
      return bool(isLuhn(text.replace(/[ -]/g, '')));
    case 'iban':
      return bool(isIban(text.replace(/ /g, '')));
    default:
      return null;
  }
}

const UNIT = 65_536;

function entropy(bytes: Uint8Array): number {
  const counts = new Map<number, number>();
  for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits += (count / bytes.length) * Math.log2(bytes.length / count);
  return Math.round(bits * UNIT) / UNIT;
}

function isLuhn(digits: string): boolean {
  if (!/^\d{2,}$/.test(digits)) return false;
  let sum = 0;
  for (const [i, digit] of digits.split('').reverse().entries()) {
    const value = Number(digit) * (i % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z\d]{11,30}$/.test(text)) return false;
  const moved = text.slice(4) + text.slice(0, 4);
  return BigInt(moved.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))) % 97n === 1n;
}
