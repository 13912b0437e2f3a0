// tally.mjs REPORT EXIT: prints "passed failed skipped" of one vitest JSON report, and on stderr which tests failed, how,
// and why tests were skipped.
// A run that broke off, a file that did not load or a set-up that failed counts as failed, whatever the report says.
import { readFileSync } from 'node:fs';

/** Of what a test says: what was expected, and where. */
const LINES_OF_A_FAILURE = 6;

const [path = '', exit = '1'] = process.argv.slice(2);
const count = { passed: 0, failed: 0, skipped: 0 };

try {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const reasons = new Map();
  for (const file of report.testResults) {
    const before = count.failed;
    for (const test of file.assertionResults) {
      if (test.status === 'passed') count.passed += 1;
      else if (test.status === 'failed') {
        count.failed += 1;
        const [how = ''] = test.failureMessages;
        process.stderr.write(`FAILED: ${test.fullName}: ${how.split('\n').slice(0, LINES_OF_A_FAILURE).join(' | ')}\n`);
      } else {
        count.skipped += 1;
        const reason = /— skipped: (.*)$/.exec(
          [...test.ancestorTitles, test.title].find((title) => title.includes('— skipped: ')) ?? '',
        );
        const why =
          reason?.[1] ?? (file.status === 'failed' ? 'a set-up failed' : `without a stated reason: ${test.fullName}`);
        reasons.set(why, (reasons.get(why) ?? 0) + 1);
      }
    }
    if (file.status === 'failed' && count.failed === before) {
      count.failed += 1;
      process.stderr.write(`FAILED: outside its tests: ${file.name}: ${file.message.split('\n', 1)[0]}\n`);
    }
  }
  for (const [reason, tests] of reasons) process.stderr.write(`skipped ${tests}: ${reason}\n`);
} catch (error) {
  process.stderr.write(`no report of the tests: ${error instanceof Error ? error.message : error}\n`);
}
if (exit !== '0' && count.failed === 0) count.failed = 1;
if (count.passed + count.failed + count.skipped === 0) count.failed = 1;
process.stdout.write(`${count.passed} ${count.failed} ${count.skipped}\n`);
