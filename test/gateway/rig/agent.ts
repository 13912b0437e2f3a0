import type { ChildProcess, StdioOptions } from 'node:child_process';
import * as v from 'valibot';
import { type Call, MessageSchema, type Report, type Request } from './agent-protocol.ts';
import { compiled } from './compiled.ts';
import type { CraftedRun } from './craft/crafted-connection.ts';
import { spawnIn } from './namespaces.ts';

/** A process inside a namespace that talks TCP and UDP there on our behalf. */
export class Agent {
  readonly namespace: string;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve(report: Report): void; reject(error: Error): void }>();
  #asked = 0;
  #ids = 0;

  /** @param serve a folder for the servers' keys: the agent also starts every service of the rig. */
  static async start(namespace: string, serve?: string): Promise<Agent> {
    const args = [compiled('agent-main.js'), ...(serve === undefined ? [] : [serve])];
    const stdio: StdioOptions = ['ignore', 'inherit', 'inherit', 'ipc'];
    const child = spawnIn(namespace, process.execPath, args, { stdio, serialization: 'advanced' });
    const agent = new Agent(namespace, child);
    await agent.#ready();
    agent.#letGo();
    return agent;
  }

  private constructor(namespace: string, child: ChildProcess) {
    this.namespace = namespace;
    this.#child = child;
  }

  async connect(address: string, port: number, timeoutMs = 1500): Promise<Connection | RefusedConnection> {
    this.#ids += 1;
    const id = this.#ids;
    const { error, localPort } = await this.ask({ op: 'connect', id, address, port, timeoutMs });
    return error === null ? new Connection(this, id, localPort) : new RefusedConnection(error);
  }

  /** @throws Error unless the connection comes to be. */
  async mustConnect(address: string, port: number): Promise<Connection> {
    const connection = await this.connect(address, port);
    if (connection.error !== null) throw new Error(`${address} port ${port}: ${connection.error}`);
    return connection;
  }

  /** One datagram from a socket of its own, and what comes back within the time. */
  async datagram(address: string, port: number, bytes: Uint8Array, timeoutMs = 700): Promise<Report> {
    const socket = this.udpSocket();
    try {
      return await socket.send(address, port, bytes, timeoutMs);
    } finally {
      await socket.close();
    }
  }

  udpSocket(): UdpSocket {
    this.#ids += 1;
    return new UdpSocket(this, this.#ids);
  }

  craft(run: CraftedRun): Promise<Report> {
    return this.ask({ op: 'craft', run });
  }

  ask(call: Call): Promise<Report> {
    this.#asked += 1;
    const request: Request = { number: this.#asked, call };
    return new Promise((resolve, reject) => {
      this.#child.ref();
      this.#child.channel?.ref();
      this.#waiting.set(request.number, { resolve, reject });
      this.#child.send(request, (error) => {
        if (error) this.#fail(error);
      });
    });
  }

  #ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('exit', (code, signal) => {
        const error = new Error(`the agent in ${this.namespace} ended: ${code ?? signal}`);
        reject(error);
        this.#fail(error);
      });
      this.#child.on('message', (raw) => {
        const message = v.parse(MessageSchema, raw);
        if (message.kind === 'ready') {
          resolve();
          return;
        }
        this.#waiting.get(message.number)?.resolve(message.report);
        this.#waiting.delete(message.number);
        if (this.#waiting.size === 0) this.#letGo();
      });
    });
  }

  /** Its life is the rig's: unless somebody waits for an answer, it must not keep this process from ending. */
  #letGo(): void {
    this.#child.unref();
    this.#child.channel?.unref();
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** An established TCP connection. */
export class Connection {
  readonly error = null;
  readonly localPort: number;
  readonly #agent: Agent;
  readonly #id: number;

  constructor(agent: Agent, id: number, localPort: number) {
    this.#agent = agent;
    this.#id = id;
    this.localPort = localPort;
  }

  write(bytes: Uint8Array): Promise<Report> {
    return this.#agent.ask({ op: 'write', id: this.#id, bytes });
  }

  read(atLeast = 1, timeoutMs = 1500): Promise<Report> {
    return this.#agent.ask({ op: 'read', id: this.#id, atLeast, timeoutMs });
  }

  async exchange(bytes: Uint8Array, atLeast = 1, timeoutMs = 1500): Promise<Report> {
    await this.write(bytes);
    return this.read(atLeast, timeoutMs);
  }

  async close(): Promise<void> {
    await this.#agent.ask({ op: 'close', id: this.#id });
  }
}

/** A connection that never came to be. */
export class RefusedConnection {
  readonly error: string;
  readonly localPort = 0;

  constructor(error: string) {
    this.error = error;
  }
}

/** A UDP socket with one local port, so that several datagrams are one flow. */
export class UdpSocket {
  readonly #agent: Agent;
  readonly #id: number;

  constructor(agent: Agent, id: number) {
    this.#agent = agent;
    this.#id = id;
  }

  async bind(address: string, port: number): Promise<void> {
    const { error } = await this.#agent.ask({ op: 'bind', id: this.#id, address, port });
    if (error !== null) throw new Error(`${address} port ${port}: ${error}`);
  }

  send(address: string, port: number, bytes: Uint8Array, timeoutMs = 700): Promise<Report> {
    return this.#agent.ask({ op: 'datagram', id: this.#id, address, port, bytes, timeoutMs });
  }

  async close(): Promise<void> {
    await this.#agent.ask({ op: 'close', id: this.#id });
  }
}
