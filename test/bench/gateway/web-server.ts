import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runIn, spawnIn } from '../../gateway/rig/namespaces.ts';
import { makeCertificate } from '../../gateway/rig/servers/certificate.ts';
import { type Network, SERVER } from './network.ts';

const START_MS = 5_000;

/** nginx in the server's namespace, one connection a request; `/bulk` is a file of `bulkBytes`. Goes with its namespace. */
export async function startWebServer({ server, folder }: Network, bulkBytes: number): Promise<void> {
  makeCertificate(folder);
  const file = join(folder, 'bulk');
  writeFileSync(file, '');
  truncateSync(file, bulkBytes);
  const config = join(folder, 'nginx.conf');
  writeFileSync(config, configuration(folder));
  spawnIn(server, 'nginx', ['-c', config, '-e', join(folder, 'nginx.log')], { stdio: 'inherit' });
  const until = performance.now() + START_MS;
  while (performance.now() < until) {
    try {
      runIn(server, 'curl', ['-s', '-o', '/dev/null', `http://${SERVER}/`]);
      return;
    } catch {
      await sleep(20);
    }
  }
  throw new Error(`nginx does not answer; see ${folder}/nginx.log`);
}

function configuration(folder: string): string {
  return `
daemon off;
user root;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 16384; }
http {
  access_log off;
  sendfile on;
  keepalive_timeout 0;
  ssl_certificate ${folder}/cert.pem;
  ssl_certificate_key ${folder}/key.pem;
  ssl_protocols TLSv1.3;
  server {
    listen 80 backlog=4096;
    listen 443 ssl backlog=4096;
    root ${folder};
    location = / { return 200 "hello\\n"; }
    location = /bulk { }
  }
}
`;
}
