// Bytes become the same lines however they are cut, and a line over the limit takes no memory.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../../compiler/cli/mcp/lines.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('lines out of bytes', () => {
  it('are the same however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.nat(40)), (texts, cuts) => {
        const clean = texts.map((text) => text.replaceAll(/[\r\n]/g, ' ')).filter((text) => text !== '');
        const all = bytes(clean.join('\n'));
        const splitter = new LineSplitter(1 << 20);
        const lines: (string | null)[] = [];
        let at = 0;
        for (const cut of [...cuts, all.length]) {
          lines.push(...splitter.push(all.subarray(at, at + cut)));
          at += cut;
        }
        lines.push(...splitter.end());
        expect(lines).toEqual(clean);
      }),
    );
  });

  it('end in a newline with or without a carriage return; empty ones are left out; the last may have no end', () => {
    const splitter = new LineSplitter(100);
    expect(splitter.push(bytes('a\r\n\n\r\nb\nc'))).toEqual(['a', 'b']);
    expect(splitter.end()).toEqual(['c']);
    expect(splitter.end()).toEqual([]);
  });

  it('over the limit are null, in one piece or many, and those after them come', () => {
    const splitter = new LineSplitter(4);
    expect(splitter.push(bytes('12345\n1234\n'))).toEqual([null, '1234']);
    expect(splitter.push(bytes('123'))).toEqual([]);
    expect(splitter.push(bytes('45678'))).toEqual([]);
    expect(splitter.push(bytes('9\nok\n'))).toEqual([null, 'ok']);
    splitter.push(bytes('12345'));
    expect(splitter.end()).toEqual([null]);
  });

  it('keep a byte order mark, and replace what is no UTF-8', () => {
    const splitter = new LineSplitter(100);
    expect(splitter.push(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x0a, 0xff, 0x0a))).toEqual(['\ufeff{', '\ufffd']);
  });

  it('do not change when the chunk they came in does', () => {
    const splitter = new LineSplitter(100);
    const chunk = bytes('ab');
    splitter.push(chunk);
    chunk.fill(0x78);
    expect(splitter.push(bytes('c\n'))).toEqual(['abc']);
  });
});
