import type { RuleId } from '../classify/decision.ts';
import type { Facts } from '../dissect/facts.ts';

/** Places in the table: a hotspot has some hundred phones at the most, and each takes one place a service. */
const SETS = 1024;
const WAYS = 4;
/** WeChat's and QQ's long connections speak every ten minutes or sooner, and reconnect within hours. */
const LIVE_MS = 60 * 60_000;

/** What one place holds: who (a 52-bit hash, 0 for nobody), and when its chat was last seen. */
const FIELDS = 2;

/**
 * Which devices have lately had a chat flow allowed, by service. The memory may be shared by several judges, since a
 * device's flows spread over them; a race between two of them forgets a device at the worst, until its next flow.
 */
export class ChatDevices {
  readonly #cells: Float64Array;

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(SETS * WAYS * FIELDS * 8);
  }

  constructor(memory: SharedArrayBuffer | ArrayBuffer) {
    this.#cells = new Float64Array(memory);
  }

  /** @param address its first `addressBytes` bytes count. */
  saw(address: Uint8Array, addressBytes: number, service: string, nowMs: number): void {
    const who = identity(address, addressBytes, service);
    const first = (who % SETS) * WAYS * FIELDS;
    let place = first;
    for (let at = first; at < first + WAYS * FIELDS; at += FIELDS) {
      if (this.#cells[at] === who) {
        place = at;
        break;
      }
      if ((this.#cells[at + 1] ?? 0) < (this.#cells[place + 1] ?? 0)) place = at;
    }
    this.#cells[place] = who;
    this.#cells[place + 1] = nowMs;
  }

  isLive(address: Uint8Array, addressBytes: number, service: string, nowMs: number): boolean {
    const who = identity(address, addressBytes, service);
    const first = (who % SETS) * WAYS * FIELDS;
    for (let at = first; at < first + WAYS * FIELDS; at += FIELDS) {
      if (this.#cells[at] === who) return nowMs - (this.#cells[at + 1] ?? 0) < LIVE_MS;
    }
    return false;
  }
}

/** FNV-1a twice over, joined to 52 bits; never 0. */
function identity(address: Uint8Array, addressBytes: number, service: string): number {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let i = 0; i < addressBytes; i += 1) {
    const byte = address[i] ?? 0;
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte, 0x01000193);
  }
  for (let i = 0; i < service.length; i += 1) {
    low = Math.imul(low ^ service.charCodeAt(i), 0x01000193);
    high = Math.imul(high ^ service.charCodeAt(i), 0x01000193);
  }
  return (high >>> 12) * 2 ** 32 + (low + 2 ** 31) + 1;
}

/** The service whose call this is; null where it is none. */
export function callService(facts: Facts): string | null {
  return facts.app === 'wechat-call' || facts.app === 'qq-call' ? facts.app.slice(0, -'-call'.length) : null;
}

const SERVICES = ['wechat', 'qq'] as const;

/** The service an allowed flow shows its device to chat by; null where it shows nothing: a look-up, a call, a push. */
export function chatService(facts: Facts | null, rule: RuleId | null): string | null {
  if (facts === null || rule === null || facts.app === 'dns' || callService(facts) !== null) return null;
  return SERVICES.find((service) => rule.startsWith(service) && rule[service.length] === '/') ?? null;
}
