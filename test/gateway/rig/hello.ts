import { Duplex } from 'node:stream';
import { connect } from 'node:tls';

/** The ClientHello that Node's own TLS sends for a server name: one record. */
export function clientHello(servername: string): Promise<Buffer> {
  return new Promise((resolve) => {
    const wire = new Duplex({
      read() {},
      write(bytes: Buffer, _encoding, done) {
        resolve(bytes);
        done();
      },
    });
    const client = connect({ socket: wire, servername, rejectUnauthorized: false });
    client.on('error', () => {});
    setImmediate(() => client.destroy());
  });
}
