import type pc from 'picocolors';
import type { LoggedVerdict } from '../log/eve-reader.ts';

type Colors = ReturnType<typeof pc.createColors>;

/** As wide as `192.168.123.234:65535`, so that most lines stand in columns. */
const CLIENT_WIDTH = 21;

/** A verdict for people: `2024-01-01 14:03:22 drop  10.0.0.9:40000 → video.example:443  tls  name-not-allowed  ×12`. */
export function verdictText(verdict: LoggedVerdict, colors: Colors): string {
  const { action, client, clientPort, server, serverPort, name, app, rule, reason, count } = verdict;
  const said = action === 'allow' ? colors.green('allow') : colors.red('drop ');
  const from = withPort(printable(client), clientPort).padEnd(CLIENT_WIDTH);
  const to = withPort(printable(name ?? server), serverPort);
  const why = rule ?? reason;
  const times = count === 1 ? '' : `  ${colors.bold(`×${count}`)}`;
  return `${colors.dim(localTime(verdict.atMs))} ${said} ${from} → ${to}  ${colors.dim(printable(app))}  ${printable(why)}${times}`;
}

function withPort(host: string, port: number | null): string {
  if (port === null) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function localTime(atMs: number): string {
  const at = new Date(atMs);
  if (Number.isNaN(at.getTime())) return '?'.padEnd(19);
  const date = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map(twoDigits).join('-');
  return `${date} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':')}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

/** Control characters, and those that turn the direction of writing. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text off the wire as it may be shown in a terminal: what a terminal would obey is spelled out. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    character === '\t' ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
