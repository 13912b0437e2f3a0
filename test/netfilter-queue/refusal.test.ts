import { constants } from 'node:os';
import { expect, it } from 'vitest';
import { bindRefused, probeRefused } from '../../src/netfilter-queue/refusal.ts';

const { EPERM, EBUSY, EINVAL, EOPNOTSUPP, ENOMEM } = constants.errno;

it.each([
  [EPERM, 'not-permitted'],
  [EINVAL, 'no-kernel-support'],
  [ENOMEM, 'system-call-failed'],
])('a probe refused with %i is %s', (errorNumber, code) => {
  expect(probeRefused(errorNumber)).toMatchObject({ code, errorNumber });
});

it.each([
  [EPERM, 'queue-taken'],
  [EBUSY, 'queue-taken'],
  [EOPNOTSUPP, 'option-refused'],
  [ENOMEM, 'system-call-failed'],
])('a bind refused with %i is %s', (errorNumber, code) => {
  expect(bindRefused(7, errorNumber)).toMatchObject({ code, errorNumber });
});

it('an unforeseen error is called by its name', () => {
  expect(bindRefused(7, ENOMEM).message).toContain('ENOMEM');
});
