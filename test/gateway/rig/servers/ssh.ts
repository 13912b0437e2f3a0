import { serveTcp } from './listen.ts';

export const BANNER = 'SSH-2.0-rig\r\n';

/** Speaks first, as SSH servers do, and echoes afterwards. */
export function serveBanner(address: string, port: number): Promise<void> {
  return serveTcp(address, port, (socket) => {
    socket.write(BANNER);
    socket.pipe(socket);
  });
}
