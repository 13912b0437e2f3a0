import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { connect } from 'node:tls';

/** The ClientHello that Node's own TLS sends for a server name: one record. */
export async function clientHello(servername: string): Promise<Buffer> {
  const wire = new Duplex({ read: () => {}, write: (bytes: Buffer) => wire.emit('hello', bytes) });
  const client = connect({ socket: wire, servername, rejectUnauthorized: false });
  client.on('error', () => {});
  const [hello] = await once(wire, 'hello');
  client.destroy();
  if (!Buffer.isBuffer(hello)) throw new Error('no ClientHello');
  return hello;
}
