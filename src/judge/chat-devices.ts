import type { RuleId } from '../classify/decision.ts';
import type { Facts } from '../dissect/facts.ts';
import { remembering } from '../dissect/remembering.ts';

/** Whose chat it is; the number is part of what a place in the table is found by. */
export const ChatService = { none: 0, wechat: 1, qq: 2 } as const;
export type ChatService = (typeof ChatService)[keyof typeof ChatService];

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
  saw(address: Uint8Array, addressBytes: number, service: ChatService, nowMs: number): void {
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

  isLive(address: Uint8Array, addressBytes: number, service: ChatService, nowMs: number): boolean {
    const who = identity(address, addressBytes, service);
    const first = (who % SETS) * WAYS * FIELDS;
    for (let at = first; at < first + WAYS * FIELDS; at += FIELDS) {
      if (this.#cells[at] === who) return nowMs - (this.#cells[at + 1] ?? 0) < LIVE_MS;
    }
    return false;
  }
}

/** FNV-1a twice over, joined to 52 bits; never 0. */
function identity(address: Uint8Array, addressBytes: number, service: ChatService): number {
  let low = Math.imul(0x811c9dc5 ^ service, 0x01000193);
  let high = Math.imul(0x9747b28c ^ service, 0x01000193);
  for (let i = 0; i < addressBytes; i += 1) {
    const byte = address[i] ?? 0;
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte, 0x01000193);
  }
  return (high >>> 12) * 2 ** 32 + (low + 2 ** 31) + 1;
}

/** The service whose call this is. */
export function callService({ app }: Facts): ChatService {
  if (app === 'wechat-call') return ChatService.wechat;
  return app === 'qq-call' ? ChatService.qq : ChatService.none;
}

/** The service an allowed flow shows its device to chat by; none where it shows nothing: a look-up, a call, a push. */
export function chatService(facts: Facts | null, rule: RuleId | null): ChatService {
  if (facts === null || rule === null || facts.app === 'dns') return ChatService.none;
  return callService(facts) === ChatService.none ? serviceOf(rule) : ChatService.none;
}

/** Far more rules than flows are allowed by on one box. */
const REMEMBERED_RULES = 256;

const serviceOf = remembering((rule): ChatService => {
  if (rule.startsWith('wechat/')) return ChatService.wechat;
  return rule.startsWith('qq/') ? ChatService.qq : ChatService.none;
}, REMEMBERED_RULES);
