import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCapture } from '../../src/capture/capture-file.ts';
import { pcapOf, writePcap } from './write-pcap.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatgate-capture-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('reading a capture file', () => {
  test('delivers its frames and tells of progress', () => {
    const path = join(folder, 'three.pcap');
    writePcap(path, [{ bytes: new Uint8Array(10) }, { bytes: new Uint8Array(20) }, { bytes: new Uint8Array(30) }]);
    const lengths: number[] = [];
    const progress: number[] = [];
    const summary = readCapture(
      path,
      ({ start, end }) => lengths.push(end - start),
      (bytes) => progress.push(bytes),
    );
    expect(lengths).toEqual([10, 20, 30]);
    expect(summary).toEqual({ format: 'pcap', frames: 3, bytes: 132, cutAt: null });
    expect(progress).toEqual([132]);
  });

  test.each([
    { name: 'a gzip file', bytes: gzipSync(pcapOf([])), error: /compressed \(gzip\); unpack it first: gunzip/ },
    { name: 'an xz file', bytes: Buffer.from('fd377a585a00', 'hex'), error: /unxz/ },
    { name: 'a "modified" pcap', bytes: Buffer.from('34cdb2a102000400', 'hex'), error: /"modified" pcap.*editcap/ },
    { name: 'a snoop file', bytes: Buffer.from('snoop\0\0\0'), error: /snoop.*editcap/ },
    { name: 'some text', bytes: Buffer.from('hello world'), error: /neither a .pcap nor a .pcapng/ },
    { name: 'an empty file', bytes: Buffer.of(), error: /is empty/ },
    { name: 'three bytes', bytes: Buffer.of(0xd4, 0xc3, 0xb2), error: /only 3 bytes long/ },
  ])('refuses $name and says what to do', ({ bytes, error }) => {
    const path = join(folder, 'odd');
    writeFileSync(path, bytes);
    expect(() => readCapture(path, () => {})).toThrow(error);
    expect(() => readCapture(path, () => {})).toThrow(path);
  });

  test.each([
    { name: 'is not there', path: () => join(folder, 'nothing.pcap'), error: /nothing\.pcap: there is no such file/ },
    { name: 'is a folder', path: () => folder, error: /it is a directory/ },
  ])('says so when the file $name', ({ path, error }) => {
    expect(() => readCapture(path(), () => {})).toThrow(error);
  });
});
