import type { Measure } from '../report/sheet.ts';

const reference = 'unfiltered';
const contestant = 'chatgate';

export const MEASURES: readonly Measure[] = [
  {
    name: 'HTTP connections',
    unit: '1/s',
    reference,
    goal: { contestant, of: 'ratio', bound: 'at least', limit: 0.95 },
  },
  {
    name: 'TLS 1.3 connections',
    unit: '1/s',
    reference,
    goal: { contestant, of: 'ratio', bound: 'at least', limit: 0.95 },
  },
  { name: 'bulk HTTP', unit: 'MB/s', reference, goal: { contestant, of: 'ratio', bound: 'at least', limit: 0.98 } },
  { name: 'bulk TLS 1.3', unit: 'MB/s', reference, goal: { contestant, of: 'ratio', bound: 'at least', limit: 0.98 } },
  {
    name: 'latency p50',
    unit: 'ms',
    reference,
    goal: { contestant, of: 'difference', bound: 'at most', limit: 0.15 },
  },
  { name: 'latency p99', unit: 'ms', reference },
  {
    name: 'packets to user space, HTTP',
    unit: 'per flow',
    goal: { contestant, of: 'value', bound: 'at most', limit: 2 },
  },
  {
    name: 'packets to user space, TLS 1.3',
    unit: 'per flow',
    goal: { contestant, of: 'value', bound: 'at most', limit: 2 },
  },
  { name: 'processor time, HTTP', unit: 'ms per 1,000 flows' },
  { name: 'processor time, TLS 1.3', unit: 'ms per 1,000 flows' },
  { name: 'resident memory idle', unit: 'MB', goal: { contestant, of: 'value', bound: 'at most', limit: 90 } },
  { name: 'resident memory under load', unit: 'MB', goal: { contestant, of: 'value', bound: 'at most', limit: 130 } },
  { name: 'start to ready', unit: 'ms' },
  { name: 'start to first verdict', unit: 'ms', goal: { contestant, of: 'value', bound: 'at most', limit: 500 } },
];
