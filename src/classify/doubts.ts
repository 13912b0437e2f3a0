import type { Problem } from './problem.ts';
import type { Settings } from './settings.ts';
import type { YamlText } from './yaml-text.ts';

/** What can be done, but is hardly meant. */
export function doubts(settings: Settings, yaml: YamlText, file: string): readonly Problem[] {
  const found: Problem[] = [];
  const doubt = (path: readonly PropertyKey[], on: 'key' | 'value', message: string, advice: string) =>
    found.push({ severity: 'warning', file, place: yaml.at(path, on), message, advice });

  if (settings.lan.length === 0)
    doubt(['lan'], 'key', 'no interface is named', 'the gateway cannot run without: lan: [wlan0]');
  if (settings.allow.length === 0) doubt(['allow'], 'key', 'nothing is allowed', 'phones will reach nothing at all');
  if (settings.log.file === null && !settings.log.stdout)
    doubt(['log'], 'key', 'verdicts are written nowhere', 'set file: or stdout: true');
  const seen = new Set<string>();
  settings.allow.forEach((entry, i) => {
    const same = JSON.stringify({ ...entry, line: 0 });
    if (seen.has(same)) doubt(['allow', i], 'value', 'this stands on the list twice', 'keep one of them');
    seen.add(same);
    if (entry.kind === 'name' && entry.name.kind === 'expression' && !/^\^.*\$$/.test(entry.name.source)) {
      const whole = `^${entry.name.source.replace(/^\^|\$$/g, '')}$`;
      doubt(
        ['allow', i, 'regex'],
        'value',
        'matches anywhere in a name, so anyone can register one',
        `for the whole name write ${whole}`,
      );
    }
  });
  return found;
}
