import { execFile, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from '../../src/firewall/backend.ts';
import { chooseBackend, removeFirewall, showFirewall } from '../../src/firewall/choose-backend.ts';
import { iptablesRuleset } from '../../src/firewall/iptables-ruleset.ts';
import { markLayout } from '../../src/firewall/mark.ts';
import { nftPlace } from '../../src/firewall/nft-place.ts';
import { nftQueueing } from '../../src/firewall/nft-queueing.ts';
import { type FirewallPlan, VERDICT_PRIORITY } from '../../src/firewall/plan.ts';
import { FlowState } from '../../src/judge/flow-state.ts';
import { addressOf, FAMILIES, type Family, phoneAddress } from './rig/addresses.ts';
import { describeWith, rigMissing } from './rig/gateway-rig.ts';
import { hostIn } from './rig/namespace-host.ts';
import { removeNamespace, run, runIn } from './rig/namespaces.ts';
import { makeRig, type Rig } from './rig/rig.ts';
import { ping } from './rig/traffic.ts';

/** How long to wait for what must not come. */
const SILENCE_MS = 300;
const CHAT_PORT = 8080;
const OTHER_PORT = 9999;
const UDP_PORT = 443;
/** The provider has no route there and says so. */
const NOWHERE = { IPv4: '198.18.0.1', IPv6: '2001:db8:9::1' };
const MARKS = markLayout(0x0f000000);
const HELLO = Buffer.from('hello');

const PLAN: FirewallPlan = {
  lanInterfaces: ['wlan0'],
  queues: { first: 40, count: 2 },
  marks: MARKS,
  tcpPorts: [80, 443, 8080, 14000],
  whenDown: 'closed',
  onDrop: 'drop',
  offloadDevices: [],
};

/** nft can be filled in two ways, of which the second is chosen where the first does not work. */
const VARIANTS = [
  { name: 'nft', preference: 'nft', variant: 'nft' },
  { name: 'nft-and-xtables', preference: 'nft', variant: 'nft' },
  { name: 'iptables-nft', preference: 'iptables', variant: 'nft' },
  { name: 'iptables-legacy', preference: 'iptables', variant: 'legacy' },
] as const;
type Variant = (typeof VARIANTS)[number];

const XTABLES_QUEUE = { queueing: 'xtables', starts: 'told' } as const;

/** Why this way of filtering cannot be tried here; null where it can. */
function missingFor({ name, preference, variant }: Variant): string | null {
  return missingIn((namespace) => {
    const host = hostIn(namespace, variant);
    const chosen = chooseBackend(host, preference, PLAN).name;
    const found = nftQueueing(host, PLAN);
    const queuesByItself = found.can && found.queueing === 'nft';
    if (name === 'nft') return queuesByItself ? null : 'this kernel cannot queue packets by nft';
    if (name === 'nft-and-xtables') return queuesByItself ? 'nft queues by itself here' : null;
    return chosen.includes(`(${variant})`) ? null : `${chosen} is chosen here`;
  });
}

/** Why no flow can take the short cut here; null where it can. */
function shortCutMissing(): string | null {
  return missingIn((namespace) => {
    const trouble = nftPlace(hostIn(namespace), XTABLES_QUEUE).trouble({ ...PLAN, offloadDevices: ['lo'] });
    return trouble === null ? null : `this kernel takes no flowtable (${trouble.split('\n')[0]})`;
  });
}

/** What `why` finds missing in a namespace of its own. */
function missingIn(why: (namespace: string) => string | null): string | null {
  if (rigMissing !== null) return rigMissing;
  const scratch = `chatgate-${process.pid}-0-firewall`;
  run('ip', ['netns', 'add', scratch]);
  try {
    return why(scratch);
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[1] ?? error.message).trim() : String(error);
  } finally {
    removeNamespace(scratch);
  }
}

let rig: Rig;
beforeAll(async () => {
  if (rigMissing === null) rig = await makeRig();
});
afterAll(() => rig?.remove());

const MISSING = new Map(VARIANTS.map((variant) => [variant, missingFor(variant)]));
const SHORT_CUT_MISSING = shortCutMissing();

/** One kernel may be there for one of them only. */
const wanted = process.env['CHATGATE_FIREWALL'];

for (const variant of VARIANTS.filter(({ name }) => wanted === undefined || name === wanted)) {
  describeWith(MISSING.get(variant) ?? null, `by ${variant.name}`, () => {
    let backend: Backend;
    beforeAll(() => {
      backend = chooseBackend(hostIn(rig.gateway, variant.variant), variant.preference, PLAN);
    });
    afterEach(forgetFlows);
    afterAll(() => backend.remove());

    const apply = (plan: FirewallPlan) => {
      backend.apply(plan);
      letAcceptancesPass(variant);
    };
    // Where a verdict takes effect: at the first rule again, or between iptables' two stages.
    const verdictComes = variant.preference === 'nft' ? -152 : -100;

    describe.each(FAMILIES)('closed, nobody listening, over %s', (family) => {
      beforeAll(() => apply(PLAN));

      test('a connection to a chat port is made, and carries nothing', async () => {
        const connection = await connect(family);
        expect(flowState(family, connection)).toBe(FlowState.fresh);
        expect(await connection.exchange(HELLO, 1, SILENCE_MS)).toMatchObject({ error: 'TIMEOUT' });
        await connection.close();
      });

      test('nothing else gets through', async () => {
        countLeaks();
        const echo = addressOf('echo', family);
        const [otherPort, dataOnSyn, datagram, inbound, isAnswered] = await Promise.all([
          rig.phone.connect(echo, OTHER_PORT, SILENCE_MS),
          rig.phone.craft({
            address: echo,
            port: CHAT_PORT,
            sourcePort: 40_001,
            steps: [{ kind: 'handshake', data: HELLO, timeoutMs: SILENCE_MS }],
          }),
          rig.phone.datagram(echo, UDP_PORT, HELLO, SILENCE_MS),
          rig.internet.connect(phoneAddress(family), CHAT_PORT, SILENCE_MS),
          ping(rig, echo, SILENCE_MS),
        ]);
        expect(otherPort.error, 'a SYN to any other port').toBe('TIMEOUT');
        expect(dataOnSyn.error, 'a SYN with data').toBe('TIMEOUT');
        expect(datagram.error, 'a datagram').toBe('TIMEOUT');
        expect(inbound.error, 'a connection from outside').toBe('TIMEOUT');
        expect(isAnswered, 'an echo request').toBe(false);
        expect(leaks(), 'on its way without an answer').toEqual([]);
      });

      test('a connection older than the rules is kept back, bare segments and all', async () => {
        backend.remove();
        const connection = await connect(family);
        apply(PLAN);
        expect(await connection.exchange(HELLO, 1, SILENCE_MS)).toMatchObject({ error: 'TIMEOUT' });
        await connection.close();
      });

      test('a flow that is allowed passes, both ways', async () => {
        const connection = await connect(family);
        setFlowState(family, connection, FlowState.allowed);
        expect(Buffer.from((await connection.exchange(HELLO)).bytes)).toEqual(HELLO);
        await connection.close();
      });

      const takesShortCut = async () => {
        apply({ ...PLAN, offloadDevices: ['wlan0', 'eth0'] });
        const connection = await connect(family);
        setFlowState(family, connection, FlowState.allowed);
        for (let i = 0; i < 3; i += 1) expect(Buffer.from((await connection.exchange(HELLO)).bytes)).toEqual(HELLO);
        expect(flowOf(family, connection)).toContain('[OFFLOAD]');
        await connection.close();
        apply(PLAN);
      };
      // Only nft knows one.
      if (variant.preference === 'nft') {
        testWith(SHORT_CUT_MISSING, 'an allowed flow takes the short cut where the owner wants it', takesShortCut);
      }

      test('of a followed flow the answers pass, and what the phone sends waits for user space', async () => {
        const becomesFollowed = `ct mark set ct mark & ${hex(~MARKS.mask)} | ${bits(FlowState.followed)}`;
        foreignTable([
          // Once the phone's first request is out of the gateway.
          `chain late { type filter hook postrouting priority 300; ct direction original ct mark & ${hex(MARKS.stateMask)} == ${bits(FlowState.allowed)} ${becomesFollowed}; }`,
        ]);
        const connection = await connect(family);
        setFlowState(family, connection, FlowState.allowed);
        expect(Buffer.from((await connection.exchange(HELLO)).bytes)).toEqual(HELLO);
        expect(flowState(family, connection)).toBe(FlowState.followed);
        expect(await connection.exchange(HELLO, 1, SILENCE_MS)).toMatchObject({ error: 'TIMEOUT' });
        await connection.close();
      });

      test('a denied flow is dropped in silence, and can be closed', async () => {
        const connection = await connect(family);
        setFlowState(family, connection, FlowState.denied);
        expect(await connection.exchange(HELLO, 1, SILENCE_MS)).toMatchObject({ error: 'TIMEOUT' });
        await connection.close();
        await expect.poll(() => flowOf(family, connection)).not.toContain('ESTABLISHED');
      });

      test('of a flow nothing is known of yet, the errors of the network reach the phone', async () => {
        const { error } = await rig.phone.connect(NOWHERE[family], CHAT_PORT, 4000);
        expect(error).toMatch(/UNREACH/);
      });

      test('nothing slips through while the rules are replaced', async () => {
        const flood = ['netns', 'exec', rig.phone.namespace, 'ping', '-q', '-i', '0.002', '-w', '20'];
        const pinging = promisify(execFile)('ip', [...flood, addressOf('echo', family)]);
        const ended = pinging.catch((error) => error);
        try {
          await sleep(50);
          for (let i = 0; i < 5; i += 1) apply({ ...PLAN, lanInterfaces: ['wlan0', `wlan${i + 1}`] });
          await sleep(50);
        } finally {
          // It sums up and ends.
          pinging.child.kill('SIGINT');
        }
        const { stdout } = await ended;
        expect(stdout).toMatch(/[1-9]\d+ packets transmitted, 0 received/);
      });

      test('a denied flow is refused at once where that is asked for, by TCP and by UDP', async () => {
        apply({ ...PLAN, onDrop: 'reset' });
        const connection = await connect(family);
        setFlowState(family, connection, FlowState.denied);
        expect(await connection.exchange(HELLO)).toMatchObject({ error: 'ECONNRESET' });
        await connection.close();
        const socket = rig.phone.udpSocket();
        await socket.bind(phoneAddress(family), 5000);
        insertFlow(family, 5000, FlowState.denied);
        const answer = await socket.send(addressOf('echo', family), UDP_PORT, HELLO, 1000);
        expect(answer.error).toBe('ECONNREFUSED');
        await socket.close();
      });

      test('a verdict on a packet becomes the state of its flow; other bits of both marks stay', async () => {
        foreignTable([
          'chain early { type filter hook prerouting priority -160; meta mark set 0xa0000001; ct mark set ct mark | 0xb0000002; }',
          `chain verdict { type filter hook forward priority ${verdictComes}; meta mark set meta mark | ${bits(FlowState.followed)}; meta priority set ${hex(VERDICT_PRIORITY)}; }`,
          'chain late { type filter hook postrouting priority 300; meta mark & 0xf00000ff == 0xa0000001 counter; }',
        ]);
        const connection = await connect(family);
        // nft looks for a verdict on what may have asked; iptables on everything, and keeps this back.
        await connection.exchange(HELLO, 1, SILENCE_MS);
        expect(flowMark(family, connection)).toBe((0xb0000002 | (FlowState.followed << MARKS.shift)) >>> 0);
        expect(runIn(rig.gateway, 'nft', ['list', 'table', 'inet', 'other'])).toMatch(/counter packets [1-9]/);
        await connection.close();
      });

      test('our bits on a packet count only where a verdict set them', async () => {
        foreignTable([
          `chain early { type filter hook prerouting priority -300; meta mark set ${bits(FlowState.allowed)}; }`,
        ]);
        const connection = await connect(family);
        expect(flowState(family, connection)).toBe(FlowState.fresh);
        await connection.close();
      });

      test('bits of others within our mask make no question of a packet, whatever they are', async () => {
        for (const foreign of [MARKS.inboundBits, FlowState.denied << MARKS.shift]) {
          foreignTable([
            `chain early { type filter hook prerouting priority -300; meta mark set meta mark | ${hex(foreign)}; }`,
          ]);
          const connection = await connect(family);
          setFlowState(family, connection, FlowState.allowed);
          expect(Buffer.from((await connection.exchange(HELLO)).bytes), hex(foreign)).toEqual(HELLO);
          expect(flowState(family, connection)).toBe(FlowState.allowed);
          await connection.close();
          forgetFlows();
        }
      });
    });

    test('closed, the rule that queues gone: what asks is dropped, since nobody has answered', async () => {
      apply(PLAN);
      stopQueueing(variant);
      countLeaks();
      const askInVain = async (family: Family) => {
        const connection = await connect(family);
        const echo = addressOf('echo', family);
        const [onChatPort, otherPort, datagram, inbound] = await Promise.all([
          connection.exchange(HELLO, 1, SILENCE_MS),
          rig.phone.connect(echo, OTHER_PORT, SILENCE_MS),
          rig.phone.datagram(echo, UDP_PORT, HELLO, SILENCE_MS),
          rig.internet.connect(phoneAddress(family), CHAT_PORT, SILENCE_MS),
        ]);
        expect(onChatPort.error, `what a connection carries over ${family}`).toBe('TIMEOUT');
        expect(otherPort.error, `a SYN to any other port over ${family}`).toBe('TIMEOUT');
        expect(datagram.error, `a datagram over ${family}`).toBe('TIMEOUT');
        expect(inbound.error, `a connection from outside over ${family}`).toBe('TIMEOUT');
        expect(flowState(family, connection), 'no question is taken for a verdict').toBe(FlowState.fresh);
        await connection.close();
      };
      await Promise.all(FAMILIES.map(askInVain));
      expect(leaks(), 'on its way without an answer').toEqual([]);
    });

    test.each(FAMILIES)('open, nobody listening: everything passes over %s', async (family) => {
      apply({ ...PLAN, whenDown: 'open' });
      const connection = await connect(family);
      expect(Buffer.from((await connection.exchange(HELLO)).bytes)).toEqual(HELLO);
      await connection.close();
      const { error } = await rig.phone.connect(addressOf('echo', family), OTHER_PORT);
      expect(error).toBe(null);
      expect((await rig.phone.datagram(addressOf('echo', family), UDP_PORT, HELLO)).error).toBe(null);
      expect(await ping(rig, addressOf('echo', family))).toBe(true);
      const inbound = await rig.internet.connect(phoneAddress(family), CHAT_PORT);
      expect(inbound.error).toBe('ECONNREFUSED');
    });

    test('open, the rule that queues gone: what asks goes on', async () => {
      apply({ ...PLAN, whenDown: 'open' });
      stopQueueing(variant);
      const askAndGoOn = async (family: Family) => {
        const connection = await connect(family);
        for (let i = 0; i < 2; i += 1) expect(Buffer.from((await connection.exchange(HELLO)).bytes)).toEqual(HELLO);
        expect(flowState(family, connection), 'no question is taken for a verdict').toBe(FlowState.fresh);
        await connection.close();
        const { error } = await rig.phone.connect(addressOf('echo', family), OTHER_PORT);
        expect(error).toBe(null);
        expect((await rig.phone.datagram(addressOf('echo', family), UDP_PORT, HELLO)).error).toBe(null);
      };
      await Promise.all(FAMILIES.map(askAndGoOn));
    });

    test('applied again and again there is one set of rules; removed, all is as it was', () => {
      backend.remove();
      foreignRules();
      const before = allRules();
      backend.apply(PLAN);
      expect(backend.isInstalled()).toBe(true);
      const once = backend.show();
      if (iptablesTools(variant).length > 0) {
        const { mangle } = iptablesRuleset(PLAN, 'ipv4');
        expect(once, 'read back as it was written, it can stay where it is').toContain(`-A FORWARD ${mangle.jump}\n`);
      }
      backend.apply({ ...PLAN, lanInterfaces: ['wlan1', 'wlan2'], tcpPorts: [], onDrop: 'reset' });
      backend.apply(PLAN);
      expect(backend.show()).toBe(once);
      backend.remove();
      expect(allRules()).toBe(before);
      expect(backend.isInstalled()).toBe(false);
      backend.remove();
      expect(allRules()).toBe(before);
    });

    test('rules of ours that another tool put there are taken over', () => {
      const others = VARIANTS.filter((other) => other !== variant && MISSING.get(other) === null);
      for (const other of others) {
        chooseBackend(hostIn(rig.gateway, other.variant), other.preference, PLAN).apply(PLAN);
        backend.apply(PLAN);
        expect(showFirewall(hostIn(rig.gateway, variant.variant))).toBe(backend.show());
        expect(backend.isInstalled()).toBe(true);
      }
      expect(removeFirewall(hostIn(rig.gateway, variant.variant)).length).toBeGreaterThan(0);
      expect(showFirewall(hostIn(rig.gateway, variant.variant))).toBe('');
    });

    test('what bears our name and is not ours is left alone, and refused where it is in the way', () => {
      backend.remove();
      const tools = iptablesTools(variant);
      for (const tool of tools) {
        runIn(rig.gateway, tool, ['-t', 'mangle', '-N', 'chatgate']);
        runIn(rig.gateway, tool, ['-t', 'mangle', '-A', 'chatgate', '-j', 'RETURN']);
      }
      runIn(rig.gateway, 'nft', ['-f', '-'], 'table inet chatgate {\n chain theirs {\n accept\n }\n}\n');
      const before = allRules();
      expect(() => backend.apply(PLAN)).toThrow(/chatgate did not make/);
      backend.remove();
      expect(allRules()).toBe(before);
      runIn(rig.gateway, 'nft', ['delete', 'table', 'inet', 'chatgate']);
      if (tools.length > 0) {
        const withoutTable = allRules();
        expect(() => backend.apply(PLAN)).toThrow(/chatgate did not make/);
        expect(allRules(), 'what was put in place first is taken back').toBe(withoutTable);
      }
      for (const tool of tools) {
        runIn(rig.gateway, tool, ['-t', 'mangle', '-F', 'chatgate']);
        runIn(rig.gateway, tool, ['-t', 'mangle', '-X', 'chatgate']);
      }
    });
  });
}

/** A test that stands in the report as skipped, with the reason in its name, where it cannot run. */
function testWith(missing: string | null, name: string, body: () => Promise<void>): void {
  if (missing === null) test(name, body);
  else test.skip(`${name} — skipped: ${missing}`, body);
}

/** What of iptables this way of filtering has rules in. */
function iptablesTools({ preference, variant }: Variant): readonly string[] {
  return preference === 'nft' ? [] : [`iptables-${variant}`, `ip6tables-${variant}`];
}

/** Where a SYN-ACK is a question, and nobody is there who would let it go on. */
function letAcceptancesPass({ preference, variant }: Variant): void {
  if (preference === 'nft') return;
  const rule = [
    '-p',
    'tcp',
    '--tcp-flags',
    'SYN,ACK,FIN,RST',
    'SYN,ACK',
    '-m',
    'comment',
    '--comment',
    'chatgate: test',
  ];
  for (const tool of [`iptables-${variant}`, `ip6tables-${variant}`]) {
    runIn(rig.gateway, tool, ['-t', 'mangle', '-I', 'chatgate-bare', '1', ...rule, '-j', 'RETURN']);
  }
}

/** Takes away what hands packets to user space, and leaves everything else as it stands. */
function stopQueueing(variant: Variant): void {
  if (variant.preference === 'nft') {
    const chain = ['inet', 'chatgate', 'question'];
    const rules = runIn(rig.gateway, 'nft', ['--handle', 'list', 'chain', ...chain]);
    const handle = /comment "chatgate: ask user space" # handle (\d+)/.exec(rules)?.[1] ?? '';
    runIn(rig.gateway, 'nft', ['delete', 'rule', ...chain, 'handle', handle]);
  }
  for (const tool of iptablesTools(variant)) {
    const saved = runIn(rig.gateway, `${tool}-save`, ['-t', 'mangle']).split('\n');
    const deletions = saved.filter((line) => line.includes(' -j NFQUEUE ')).map((line) => line.replace(/^-A/, '-D'));
    expect(deletions).not.toEqual([]);
    runIn(rig.gateway, `${tool}-restore`, ['--noflush'], ['*mangle', ...deletions, 'COMMIT', ''].join('\n'));
  }
}

async function connect(family: Family) {
  const connection = await rig.phone.connect(addressOf('echo', family), CHAT_PORT);
  if (connection.error !== null) throw new Error(connection.error);
  return connection;
}

function bits(state: FlowState): string {
  return hex(state << MARKS.shift);
}

function hex(mark: number): string {
  return `0x${(mark >>> 0).toString(16)}`;
}

function conntrack(family: Family, ...args: readonly string[]): string {
  return runIn(rig.gateway, 'conntrack', [...args, '-f', family.toLowerCase()]);
}

type Connected = { readonly localPort: number };

/** What the kernel tracks of a connection, a line of text; empty once it tracks it no more. */
function flowOf(family: Family, { localPort }: Connected): string {
  return conntrack(family, '-L', ...theFlow(family, localPort));
}

function theFlow(family: Family, localPort: number): readonly string[] {
  return ['-p', 'tcp', '-d', addressOf('echo', family), '--sport', `${localPort}`];
}

function flowMark(family: Family, connection: Connected): number {
  const flow = flowOf(family, connection);
  const mark = / mark=(\d+)/.exec(flow)?.[1];
  if (mark === undefined) throw new Error(`not tracked, or without a mark: "${flow}"`);
  return Number(mark);
}

function flowState(family: Family, connection: Connected): number {
  return (flowMark(family, connection) & MARKS.stateMask) >>> MARKS.shift;
}

function setFlowState(family: Family, { localPort }: Connected, state: FlowState): void {
  conntrack(family, '-U', ...theFlow(family, localPort), '--mark', `${bits(state)}/${hex(MARKS.mask)}`);
}

function insertFlow(family: Family, sourcePort: number, state: FlowState): void {
  const from = ['-s', phoneAddress(family), '--sport', `${sourcePort}`];
  const to = ['-d', addressOf('echo', family), '--dport', `${UDP_PORT}`];
  runIn(rig.gateway, 'conntrack', ['-I', '-p', 'udp', ...from, ...to, '-t', '60', '--mark', bits(state)]);
}

function forgetFlows(): void {
  spawnSync('ip', ['netns', 'exec', rig.gateway, 'conntrack', '-F']);
  spawnSync('ip', ['netns', 'exec', rig.gateway, 'nft', 'delete', 'table', 'inet', 'other']);
}

function foreignTable(chains: readonly string[]): void {
  runIn(rig.gateway, 'nft', ['-f', '-'], `table inet other {\n${chains.join('\n')}\n}\n`);
}

/** Watches the gateway's way out, both ways, for what must not come that far; needs no answer to see it. */
function countLeaks(): void {
  foreignTable([
    'chain late { type filter hook postrouting priority 300;',
    `tcp dport ${OTHER_PORT} counter comment "to another port"`,
    `udp dport ${UDP_PORT} counter comment "a datagram"`,
    `tcp dport ${CHAT_PORT} tcp flags & psh == psh counter comment "what a connection carries"`,
    `oifname "wlan0" tcp dport ${CHAT_PORT} counter comment "from outside"`,
    'icmp type echo-request counter comment "an echo request"',
    'icmpv6 type echo-request counter comment "an echo request"',
    '}',
  ]);
}

/** What has come that far since. */
function leaks(): readonly string[] {
  const counters = runIn(rig.gateway, 'nft', ['list', 'table', 'inet', 'other']).matchAll(
    /counter packets (\d+) bytes \d+ comment "(.*)"/g,
  );
  const counted = [...counters];
  expect(counted).toHaveLength(6);
  return counted.filter(([, packets]) => packets !== '0').map(([, , what = '']) => what);
}

/** Rules of the box's owner, in every place where ours may come to stand. */
function foreignRules(): void {
  for (const tool of ['iptables-nft', 'ip6tables-nft', 'iptables-legacy', 'ip6tables-legacy']) {
    for (const table of ['mangle', 'filter']) {
      spawnSync('ip', ['netns', 'exec', rig.gateway, tool, '-t', table, '-F', 'FORWARD']);
      const rule = [
        '-A',
        'FORWARD',
        '-m',
        'comment',
        '--comment',
        'not "chatgate: at all" -j chatgate',
        '-j',
        'ACCEPT',
      ];
      spawnSync('ip', ['netns', 'exec', rig.gateway, tool, '-t', table, ...rule]);
    }
  }
  foreignTable(['chain forward { type filter hook forward priority 0; accept; }']);
}

/** Every rule in the gateway, by every tool; counters and times left out. */
function allRules(): string {
  const saves = ['iptables-nft', 'ip6tables-nft', 'iptables-legacy', 'ip6tables-legacy'].map(
    (tool) => spawnSync('ip', ['netns', 'exec', rig.gateway, `${tool}-save`], { encoding: 'utf8' }).stdout,
  );
  return [...saves, runIn(rig.gateway, 'nft', ['list', 'ruleset'])]
    .join('\n')
    .replace(/^#.*$/gm, '')
    .replace(/\[\d+:\d+\]|counter packets \d+ bytes \d+/g, '');
}
